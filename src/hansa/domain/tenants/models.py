"""Merchants and their hosts: tables of the installation, outside the wall."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models

from hansa.kernel.ids import uuid7
from hansa.kernel.models import TimestampedModel
from hansa.kernel.tenancy import TenantContext

SLUG_PATTERN = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\Z"
"""A DNS label (RFC 1123), because the slug is the first part of a host name."""


class Tenant(TimestampedModel):
    """One merchant."""

    class Status(models.TextChoices):
        """Whether the shop answers."""

        ACTIVE = "active"
        SUSPENDED = "suspended"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.CharField(max_length=63, unique=True, validators=[RegexValidator(SLUG_PATTERN)])
    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3, default="EUR")
    status = models.CharField(max_length=20, choices=Status, default=Status.ACTIVE)
    language = models.CharField(max_length=5, default="en", db_default="en")
    """In which the shop writes to people."""
    allowed_origins = ArrayField(models.CharField(max_length=300), default=list, blank=True, db_default=[])
    """Origins of other sites whose pages may call the shop's APIs, each exactly: https://www.acme.example."""

    def __str__(self) -> str:
        """Say which merchant."""
        return self.name

    @property
    def context(self) -> TenantContext:
        """What the rest of the program needs to know."""
        return TenantContext(
            id=self.id,
            slug=self.slug,
            name=self.name,
            currency=self.currency,
            origins=frozenset(self.allowed_origins),
        )


class Domain(TimestampedModel):
    """A merchant's own host name, such as shop.example.com."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE, related_name="domains")
    host = models.CharField(max_length=253, unique=True)

    def __str__(self) -> str:
        """Say which host."""
        return self.host
