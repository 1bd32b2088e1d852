"""The outbox."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from hansa.kernel.models import TenantForeignKey, TenantOwned

MAX_PAYLOAD_BYTES = 20_000
"""Standard Webhooks asks for less than 20 kB: an event says what happened, not everything about it."""


class Event(TenantOwned):
    """Something that happened. Written by `services/record.py`, in the transaction that made it happen."""

    class Status(models.TextChoices):
        """How far the relay is with it."""

        PENDING = "pending"
        DONE = "done"
        FAILED = "failed"

    position = models.BigIntegerField(editable=False)
    """The order of writing, by a sequence; within an aggregate it is the order of happening."""
    sequence = models.BigIntegerField(null=True, editable=False)
    """Its number in the log, without gaps: Note [The log]. None until the relay has seen it."""
    name = models.CharField(max_length=100)
    aggregate_id = models.UUIDField()
    payload = models.JSONField(default=dict)
    occurred_at = models.DateTimeField()
    status = models.CharField(max_length=20, choices=Status, default=Status.PENDING, db_default=Status.PENDING)
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    available_at = models.DateTimeField(db_default=Now())
    """Not before: the end of another worker's lease, or of the pause after a failure."""
    last_error = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["pending", "done", "failed"]), name="events_event_status_known"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "sequence"], condition=Q(sequence__isnull=False), name="events_event_log"
            ),
        )
        indexes = (
            models.Index(
                fields=["tenant_id", "position"], condition=Q(sequence__isnull=True), name="events_event_unnumbered"
            ),
            models.Index(
                fields=["tenant_id", "position"],
                condition=Q(status="pending", sequence__isnull=False),
                name="events_event_pending",
            ),
            models.Index(fields=["tenant_id", "sequence"], condition=Q(status="failed"), name="events_event_failed"),
            models.Index(
                fields=["tenant_id", "aggregate_id", "sequence"],
                condition=Q(sequence__isnull=False),
                name="events_event_of_aggregate",
            ),
            models.Index(
                fields=["tenant_id", "name", "sequence"],
                condition=Q(sequence__isnull=False),
                name="events_event_of_name",
            ),
            models.Index(
                fields=["tenant_id", "aggregate_id", "position"],
                condition=Q(status="pending"),
                name="events_event_unfinished",
            ),
        )

    def __str__(self) -> str:
        """Say what happened."""
        return self.name


class EventCounter(TenantOwned):
    """The last number of a tenant's log: whoever numbers or claims events holds the row."""

    last = models.BigIntegerField(default=0, db_default=0)
    tidy_at = models.DateTimeField(db_default=Now())
    """When to look for events that are old enough to be forgotten."""

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tenant_id"], name="events_eventcounter_one"),)

    def __str__(self) -> str:
        """Say how far it counted."""
        return str(self.last)


class HandledEvent(TenantOwned):
    """A handler that is done with an event: the others can be tried again without it."""

    event = TenantForeignKey(Event, on_delete=models.CASCADE, related_name="handled")
    handler = models.CharField(max_length=200)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "event", "handler"], name="events_handledevent_once"),
        )

    def __str__(self) -> str:
        """Say who is done."""
        return self.handler
