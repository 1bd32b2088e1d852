"""Hand out an export's file."""

from uuid import UUID

from hansa.domain.audit.services.record import record as record_in_audit
from hansa.domain.exports.errors import ExportFileNotFound
from hansa.domain.exports.models import ExportFile
from hansa.domain.exports.selectors import get_export
from hansa.domain.exports.services.files import private_storage
from hansa.domain.exports.types import MEDIA_TYPE_OF, Download
from hansa.domain.staff.types import Authority
from hansa.kernel.transactions import transaction


def download_export(*, export_id: UUID, by: Authority) -> Download:
    """Return the file, open; the audit log says who took it. Raises ExportNotFound, ExportFileNotFound."""
    with transaction():
        export = get_export(export_id, by=by)
        kept = ExportFile.objects.filter(export=export).first()
        try:
            file = private_storage().open(kept.name) if kept else None
        except FileNotFoundError:
            file = None
        if file is None:
            message = "There is no file: the export is not done, or it was deleted after seven days. Ask for a new one."
            raise ExportFileNotFound(message)
        record_in_audit(action="export.downloaded", object_type="export", object_id=export.pk, label=str(export))
    name = f"{export.kind}-{export.created_at:%Y-%m-%d}.{export.file_format}"
    return Download(file=file, name=name, media_type=MEDIA_TYPE_OF[export.file_format])
