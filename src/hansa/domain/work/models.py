"""What every table of jobs has."""

from django.db import models
from django.db.models.functions import Now

from hansa.kernel.models import TenantOwned, TimestampedModel


class JobStatus(models.TextChoices):
    """How far a job is. A table may have more of its own, which keep a job from being offered."""

    PENDING = "pending", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"


OPEN = (JobStatus.PENDING, JobStatus.RUNNING)
OPEN_SQL = "status IN ('pending', 'running')"
"""The condition that a table of jobs gives to `ExposeDue`, with the column `available_at`."""


class Job(TenantOwned, TimestampedModel):
    """A row that a worker must work on once: see Note [Leases]."""

    status = models.CharField(
        max_length=20, choices=JobStatus, default=JobStatus.PENDING, db_default=JobStatus.PENDING, editable=False
    )
    available_at = models.DateTimeField(db_default=Now(), editable=False)
    """Not before: when it is wanted, the end of a lease, or of the pause after a failure."""
    attempts = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """How often it was started; the number also tells this start from a later one."""
    failures = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    """How often in a row somebody else's server, or ours, was not there."""
    last_error = models.CharField(max_length=2000, blank=True, default="", db_default="", editable=False)

    class Meta:
        abstract = True
