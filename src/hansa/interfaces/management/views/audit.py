"""The audit log."""

from typing import ClassVar

from hansa.domain.audit.models import AuditEntry
from hansa.interfaces.management.access import Readable, Resource
from hansa.interfaces.management.filters import AuditFilter
from hansa.interfaces.management.serializers.audit import AuditEntryRead


class AuditLogResource(Readable, Resource):
    """Who changed what, when, from where, as a chain that `hansa manage verify_audit` recomputes."""

    queryset = AuditEntry.objects.exclude(seq=None)
    serializer_class = AuditEntryRead
    filterset_class = AuditFilter
    search_fields = ("action", "actor_label", "object_label")
    orderings = ("-seq", "seq")
    capabilities: ClassVar = {"list": "audit.view", "retrieve": "audit.view"}
