"""Endpoints, and what is on its way to them."""

from django.db import models
from django.db.models import Q

from hansa.domain.events.models import Event
from hansa.domain.work.models import Job, JobStatus
from hansa.kernel.models import TenantForeignKey, TenantOwned, TimestampedModel

MAX_CONCURRENCY = 4


class Endpoint(TenantOwned, TimestampedModel):
    """A server that is told what happens."""

    class DisabledReason(models.TextChoices):
        """Why nothing is sent there any more."""

        BY_STAFF = "by_staff", "Switched off"
        GONE = "gone", "It answered that it is gone (410)"
        FAILING = "failing", "It failed for five days"

    url = models.CharField("address", max_length=2000)
    description = models.CharField(max_length=200, blank=True, default="", db_default="")
    filters = models.JSONField("events", default=list)
    """Names of events, `order.*`, or `*`."""
    concurrency = models.PositiveSmallIntegerField("at the same time", default=2, db_default=2)
    is_enabled = models.BooleanField("enabled", default=True, db_default=True)
    disabled_reason = models.CharField(
        max_length=20, choices=DisabledReason, blank=True, default="", db_default="", editable=False
    )
    secret_sealed = models.TextField(editable=False)
    old_secret_sealed = models.TextField(blank=True, default="", db_default="", editable=False)
    old_secret_until = models.DateTimeField(null=True, editable=False)
    """Until when the old secret signs as well."""
    failures = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """Attempts that have failed since the last one that did not."""
    failing_since = models.DateTimeField(null=True, editable=False)
    paused_until = models.DateTimeField(null=True, editable=False)
    """The breaker is open, or the server asked for a pause."""
    last_success_at = models.DateTimeField(null=True, editable=False)
    wake_at = models.DateTimeField(null=True, editable=False)
    """When to look whether more can be offered: Note [Slots]."""

    class Meta:
        verbose_name = "webhook"
        constraints = (
            models.CheckConstraint(
                condition=Q(concurrency__gte=1, concurrency__lte=MAX_CONCURRENCY), name="webhooks_endpoint_slots"
            ),
        )

    def __str__(self) -> str:
        """Say where it is."""
        return self.url


QUEUED = "queued"
UNFINISHED = (QUEUED, JobStatus.PENDING, JobStatus.RUNNING)


class Delivery(Job):
    """One event on its way to one endpoint; a test has no event."""

    STATUSES = ((QUEUED, "Waiting"), (JobStatus.PENDING, "Next"), *JobStatus.choices[1:])

    status = models.CharField(max_length=20, choices=STATUSES, default=QUEUED, db_default=QUEUED, editable=False)
    endpoint = TenantForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = TenantForeignKey(Event, on_delete=models.CASCADE, null=True, related_name="+")
    sequence = models.BigIntegerField(default=0, db_default=0)
    """The event's number in the log: the order of offering."""
    event_name = models.CharField("event", max_length=100)
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    """Attempts since it was last queued anew."""
    next_at = models.DateTimeField()
    """While it is queued: not before."""
    last_status_code = models.PositiveSmallIntegerField(null=True)

    class Meta:
        verbose_name = "delivery"
        verbose_name_plural = "deliveries"
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "endpoint", "event"], name="webhooks_delivery_once"),
        )
        indexes = (
            models.Index(
                fields=["tenant_id", "endpoint", "sequence"],
                condition=Q(status="queued"),
                name="webhooks_delivery_queued",
            ),
            models.Index(
                fields=["tenant_id", "endpoint"],
                condition=Q(status__in=["pending", "running"]),
                name="webhooks_delivery_offered",
            ),
            models.Index(
                fields=["tenant_id", "sequence"],
                condition=Q(status__in=["queued", "pending", "running"]),
                name="webhooks_delivery_needed",
            ),
            models.Index(fields=["tenant_id", "event"], name="webhooks_delivery_of_event"),
            models.Index(fields=["tenant_id", "endpoint", "-created_at"], name="webhooks_delivery_recent"),
        )

    def __str__(self) -> str:
        """Say what is told."""
        return self.event_name


class DeliveryAttempt(TenantOwned):
    """One try, as it went: what we said in headers, and what the server did, if everybody may know."""

    delivery = TenantForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts_made")
    at = models.DateTimeField()
    milliseconds = models.PositiveIntegerField(default=0)
    status_code = models.PositiveSmallIntegerField(null=True)
    error = models.CharField(max_length=300, blank=True, default="")
    request_headers = models.JSONField(default=dict)
    response_headers = models.JSONField(default=dict)
    response_body = models.TextField(blank=True, default="")

    class Meta:
        indexes = (models.Index(fields=["tenant_id", "delivery", "at"], name="webhooks_attempt_of_delivery"),)

    def __str__(self) -> str:
        """Say how it went."""
        return self.error or str(self.status_code)
