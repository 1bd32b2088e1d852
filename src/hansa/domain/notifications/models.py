"""Tables of notifications."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hansa.kernel.models import TenantOwned, TimestampedModel


class Kind(models.TextChoices):
    """What it says."""

    ORDER_CONFIRMATION = "order_confirmation", "Order confirmation"
    STAFF_INVITATION = "staff_invitation", "Invitation"
    ACCOUNT = "account", "About the account"


class Notification(TenantOwned, TimestampedModel):
    """One message to one person about one thing."""

    class Status(models.TextChoices):
        """How far it is."""

        PENDING = "pending", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"

    kind = models.CharField(max_length=50, choices=Kind)
    object_id = models.UUIDField()
    """What it is about: an order, an invitation."""
    recipient = models.CharField(max_length=254)
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING)
    content = models.JSONField(null=True, blank=True, editable=False)
    """What it says, where nothing else holds that: a code. Forgotten as soon as it is sent or given up."""
    message_id = models.CharField("Message-ID", max_length=320)
    """Made once: the same message carries it however often it is sent."""
    attempts = models.PositiveIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True, blank=True)
    """Somebody is sending it; nobody else does before then."""
    last_error = models.CharField(max_length=1000, blank=True, default="")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "object_id", "recipient"], name="notifications_notification_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "sent", "failed"]), name="notifications_notification_status"
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "created_at"], name="notifications_by_time"),)

    def __str__(self) -> str:
        """Say what, and to whom."""
        return f"{self.get_kind_display()} to {self.recipient}"
