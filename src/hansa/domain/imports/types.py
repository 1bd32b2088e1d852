"""What crosses the border of this context."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run is; rows are those of the file, the header not counted."""

    status: str
    processed_rows: int
    total_rows: int
    """0: not counted yet."""
    rows_per_second: int
    seconds_left: int | None
    """None when nobody can tell."""
    created: int
    updated: int
    unchanged: int
    failed: int
    """Rows that failed; the other counts are products."""
