"""Tables of the checkout."""

from django.db import models
from django.db.models import Q

from hansa.kernel.models import TenantOwned

MAX_KEY_CHARACTERS = 255


class IdempotencyKey(TenantOwned):
    """One attempt to check out, named by the client; kept for a day, with its answer.

    Source: the Idempotency-Key HTTP header field, draft-ietf-httpapi-idempotency-key-header.
    """

    class Status(models.TextChoices):
        """Whether its answer is known."""

        IN_PROGRESS = "in_progress"
        DONE = "done"

    key = models.CharField(max_length=MAX_KEY_CHARACTERS)
    fingerprint = models.CharField(max_length=64)
    """Of the request: the same key with another one is refused."""
    status = models.CharField(max_length=20, choices=Status, default=Status.IN_PROGRESS)
    order_id = models.UUIDField()
    outcome = models.CharField(max_length=20, blank=True, default="", db_default="")
    """`placed` or `declined`, when done."""
    response = models.TextField(blank=True, default="", db_default="")
    """The order as it was answered, or the reason; repeated byte for byte."""
    address = models.CharField(max_length=45, blank=True, default="", db_default="")
    """The network address it came from; forgotten with the key, after a day."""
    claimed_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "key"], name="checkout_idempotencykey_once"),
            models.CheckConstraint(
                condition=Q(status__in=["in_progress", "done"]), name="checkout_idempotencykey_status"
            ),
        )
        indexes = (
            models.Index(fields=["tenant_id", "order_id"], name="checkout_idempotency_order"),
            models.Index(fields=["tenant_id", "address"], name="checkout_idempotency_address"),
        )

    def __str__(self) -> str:
        """Say which attempt."""
        return self.key
