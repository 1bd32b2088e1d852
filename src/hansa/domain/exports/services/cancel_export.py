"""Cancel an export."""

from datetime import datetime
from uuid import UUID

from hansa.domain.audit.services.record import record as record_in_audit
from hansa.domain.exports.errors import ExportOver
from hansa.domain.exports.models import Export, ExportStatus
from hansa.domain.exports.selectors import get_export
from hansa.domain.staff.errors import NotAllowed
from hansa.domain.staff.types import Authority
from hansa.domain.work.models import OPEN
from hansa.kernel.transactions import transaction


def cancel_export(*, export_id: UUID, by: Authority, now: datetime) -> Export:
    """Let an export that waits or runs come to nothing; who writes it stops at its next sign of progress.

    Locks the export. Raises NotAllowed, ExportNotFound, ExportOver.
    """
    if not by.may("exports.run"):
        message = "You may not cancel exports."
        raise NotAllowed(message)
    with transaction():
        export = get_export(export_id, by=by)
        still = Export.objects.filter(pk=export.pk, status__in=OPEN)
        if not still.update(status=ExportStatus.CANCELLED, finished_at=now, updated_at=now):
            message = "This export has ended already."
            raise ExportOver(message)
        record_in_audit(action="export.cancelled", object_type="export", object_id=export.pk, label=str(export))
        export.refresh_from_db()
    return export
