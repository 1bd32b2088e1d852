"""The audit log on the wire."""

from rest_framework import serializers

from hansa.domain.audit.models import AuditEntry


class AuditEntryRead(serializers.ModelSerializer[AuditEntry]):
    """One thing that somebody did. Secrets and shoppers' personal data read `•••`."""

    class Meta:
        model = AuditEntry
        fields = (
            *("id", "seq", "at", "actor_kind", "actor_id", "actor_label", "address", "request_id"),
            *("action", "object_type", "object_id", "object_label", "before", "after"),
        )
