"""The one place that asks what time it is. Services take the answer as an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current instant, in UTC."""
    return datetime.now(UTC)
