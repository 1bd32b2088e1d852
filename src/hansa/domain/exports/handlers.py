"""What exports need again and again."""

from datetime import datetime

from hansa.domain.exports.services.forget_files import forget_files
from hansa.domain.work.registry import duty


@duty(due="exports_exportfile_due")
def forget_exported_files(now: datetime) -> None:
    """Delete files that were kept long enough."""
    forget_files(now=now)
