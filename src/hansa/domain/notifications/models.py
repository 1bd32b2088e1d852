"""Tables of notifications."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from hansa.domain.notifications.account_texts import LABELS as ACCOUNT_LABELS
from hansa.domain.work.models import Job, JobStatus
from hansa.kernel.languages import LANGUAGE_CHOICES
from hansa.kernel.models import TenantOwned, TimestampedModel


class Kind(models.TextChoices):
    """What it says."""

    ORDER_CONFIRMATION = "order_confirmation", "Order confirmation"
    ORDER_SHIPPED = "order_shipped", "Order shipped"
    REFUND = "refund", "Refund"
    STAFF_INVITATION = "staff_invitation", "Invitation"
    IMPORT_DONE = "import_done", "Import done"
    ACCOUNT = "account", "About the account"
    TEST = "test", "Test"


_KINDS = (
    Kind.ORDER_CONFIRMATION,
    Kind.ORDER_SHIPPED,
    Kind.REFUND,
    Kind.STAFF_INVITATION,
    Kind.IMPORT_DONE,
)
WRITABLE = {**{one.value: one.label for one in _KINDS}, **ACCOUNT_LABELS}
"""The letters of which a merchant may write the texts, and how staff are told of them."""


class Notification(Job):
    """One message to one person about one thing, and the job of sending it."""

    class Status(models.TextChoices):
        """How far it is."""

        PENDING = JobStatus.PENDING.value, "Waiting"
        RUNNING = JobStatus.RUNNING.value, "Being sent"
        SENT = "sent", "Sent"
        FAILED = JobStatus.FAILED.value, "Failed"

    kind = models.CharField(max_length=50, choices=Kind)
    object_id = models.UUIDField()
    """What it is about: an order, an invitation."""
    recipient = models.CharField(max_length=254)
    status = models.CharField(
        max_length=20, choices=Status, default=Status.PENDING, db_default=Status.PENDING, editable=False
    )
    content = models.JSONField(null=True, blank=True, editable=False)
    """What it is about, where `object_id` does not tell all; in a letter about an account what it says, a code, which
    is forgotten as soon as it is sent or given up."""
    message_id = models.CharField("Message-ID", max_length=320)
    """Made once: the same message carries it however often it is sent."""
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "kind", "object_id", "recipient"], name="notifications_notification_once"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "running", "sent", "failed"]),
                name="notifications_notification_status",
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "created_at"], name="notifications_by_time"),)

    def __str__(self) -> str:
        """Say what, and to whom."""
        return f"{self.get_kind_display()} to {self.recipient}"


class LetterText(TenantOwned, TimestampedModel):
    """What a merchant has letters of one kind say in one language, instead of what is built in."""

    kind = models.CharField("letter", max_length=50, choices=list(WRITABLE.items()))
    language = models.CharField(max_length=5, choices=LANGUAGE_CHOICES)
    subject = models.CharField(max_length=200)
    heading = models.CharField(max_length=200, blank=True)
    intro = models.TextField(max_length=2000)
    button = models.CharField(max_length=60, blank=True)
    closing = models.TextField(max_length=2000, blank=True)

    class Meta:
        verbose_name = "e-mail text"
        ordering: ClassVar = ("kind", "language")
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "kind", "language"], name="notifications_lettertext_once"),
        )

    def __str__(self) -> str:
        """Say of which letter."""
        return f"{self.get_kind_display()}, {self.get_language_display()}"
