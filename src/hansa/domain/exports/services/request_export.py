"""Ask for an export."""

from hansa.domain.audit.services.record import record as record_in_audit
from hansa.domain.exports.errors import TooManyExports
from hansa.domain.exports.models import Export, FileFormat, Kind
from hansa.domain.exports.types import CAPABILITY_OF, MAX_OPEN_EXPORTS
from hansa.domain.staff.errors import NotAllowed
from hansa.domain.staff.types import CAPABILITIES, Authority
from hansa.domain.work.models import OPEN
from hansa.kernel.actors import find_current_actor
from hansa.kernel.postgresql.wakeup import wake_workers
from hansa.kernel.transactions import transaction


def request_export(*, kind: Kind, file_format: FileFormat, by: Authority) -> Export:
    """Let the worker write a file of all that there is of a kind; the audit log says who asked.

    Raises NotAllowed unless the person may export and may see what is exported, TooManyExports.
    """
    for capability in ("exports.run", CAPABILITY_OF[kind]):
        if not by.may(capability):
            message = f"You may not export this. It takes “{CAPABILITIES[capability]}” ({capability})."
            raise NotAllowed(message)
    with transaction():
        if Export.objects.filter(status__in=OPEN).count() >= MAX_OPEN_EXPORTS:
            message = "Several exports are not finished yet. Wait for one of them, or cancel one."
            raise TooManyExports(message)
        actor = find_current_actor()
        export = Export.objects.create(
            kind=kind, file_format=file_format, asked_by_id=by.user_id, asked_by=actor.label if actor else ""
        )
        record_in_audit(
            action="export.requested",
            object_type="export",
            object_id=export.pk,
            label=str(export),
            after={"kind": kind, "format": file_format},
        )
        wake_workers()
    return export
