"""Moments as RFC 3339 writes them."""

import re
from datetime import UTC, datetime

_SPELLING = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def read_moment(text: str) -> datetime | None:
    """Return the moment in UTC; None when it is none, or not within the years 1 to 9999."""
    if not _SPELLING.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
