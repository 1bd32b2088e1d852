"""The audit log."""

from django.db import models
from django.db.models.functions import Now

from hansa.kernel.models import TenantOwned


class AuditEntry(TenantOwned):
    """One thing that somebody did. Written by the trigger `audit_change` and `services/record.py`; never changed.

    The three columns of the chain are NULL until the transaction commits: see Note [The chain] in `chain.sql`.
    """

    at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField("who", max_length=20)
    actor_id = models.CharField(max_length=64, blank=True)
    actor_label = models.CharField("who", max_length=254, blank=True)
    address = models.CharField(max_length=64, blank=True)
    request_id = models.CharField("request id", max_length=64, blank=True)
    action = models.CharField("what", max_length=100)
    object_type = models.CharField("kind of thing", max_length=50, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    object_label = models.CharField("thing", max_length=300, blank=True)
    parent_id = models.CharField(max_length=64, blank=True)
    before = models.JSONField(null=True)
    """The changed columns as they were; NULL for what is new. A secret is HIDDEN."""
    after = models.JSONField(null=True)
    """The changed columns as they are now; NULL for what was deleted."""
    seq = models.BigIntegerField("number", null=True)
    previous_hash = models.BinaryField(null=True)
    hash = models.BinaryField(null=True)

    class Meta:
        verbose_name = "audit entry"
        verbose_name_plural = "audit entries"
        constraints = (models.UniqueConstraint(fields=["tenant_id", "seq"], name="audit_entry_seq"),)
        indexes = (
            models.Index(fields=["tenant_id", "object_id", "seq"], name="audit_entry_object"),
            models.Index(
                fields=["tenant_id", "parent_id", "seq"],
                condition=~models.Q(parent_id=""),
                name="audit_entry_parent",
            ),
            models.Index(fields=["tenant_id", "at"], name="audit_entry_at"),
            models.Index(fields=["tenant_id"], condition=models.Q(seq=None), name="audit_entry_unsealed"),
        )

    def __str__(self) -> str:
        """Say what was done to what."""
        return f"{self.action} {self.object_label}".rstrip()


class AuditHead(TenantOwned):
    """The end of a tenant's chain: the last entry's number and hash. Its id is the tenant's.

    Written by the trigger `audit_seal` only.
    """

    seq = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(id=models.F("tenant_id")), name="audit_head_one_per_tenant"),
        )

    def __str__(self) -> str:
        """Say how many entries there are."""
        return str(self.seq)
