"""Base models that every context shares."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models.functions import Now

from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import default_tenant_id


class TimestampedModel(models.Model):
    """Knows when it was made and last changed."""

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), auto_now=True, editable=False)

    class Meta:
        abstract = True


class ArchivableQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows that can be put away and brought back."""

    def live(self) -> Self:
        """Only rows that are not archived."""
        return self.filter(archived_at=None)


class Archivable(models.Model):
    """Soft delete, where a merchant expects an undo: an archived row keeps what refers to it."""

    archived_at: "models.DateTimeField[datetime | None, datetime | None]" = models.DateTimeField(
        null=True, blank=True, editable=False
    )

    class Meta:
        abstract = True


class TenantOwned(models.Model):
    """A row that belongs to one tenant. Its migration must run `IsolateTenant` (`kernel/isolation.py`)."""

    tenant_id = models.UUIDField(default=default_tenant_id, editable=False)
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class TenantForeignKey[Given, Got](models.ForeignKey[Given, Got]):
    """A reference from one tenant-owned table to another.

    Django makes no constraint for it: `IsolateTenant` makes the composite one,
    `(tenant_id, x_id) → (tenant_id, id)`, which refuses another tenant's row. Foreign-key checks
    skip row-level security, so the key itself must.
    """

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:  # noqa: ANN401  (Django's own signature)
        """Take what ForeignKey takes."""
        kwargs["db_constraint"] = False
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)
