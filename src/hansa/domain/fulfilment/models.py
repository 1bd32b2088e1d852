"""Tables of fulfilment: where goods are sent, how, and at what price."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q

from hansa.domain.fulfilment.types import MethodKind
from hansa.domain.pricing.models import COUNTRY_PATTERN, TaxClass
from hansa.kernel.models import Archivable, TenantForeignKey, TenantOwned, TimestampedModel
from hansa.kernel.money import MAX_AMOUNT

MAX_TIERS = 50
MAX_POSTAL_RANGES = 200

_AMOUNT = (MinValueValidator(0), MaxValueValidator(MAX_AMOUNT))
_COUNTRY = RegexValidator(COUNTRY_PATTERN, "Write the country as two capital letters (ISO 3166-1), for example DE.")
_KINDS = [(kind.value, kind.value.replace("_", " ")) for kind in MethodKind]


class ShippingZone(TenantOwned, Archivable, TimestampedModel):
    """Where something is sent to. Of the zones that fit an address the first by position counts."""

    name = models.CharField(max_length=200)
    countries = ArrayField(
        models.CharField(max_length=2, validators=[_COUNTRY]),
        default=list,
        blank=True,
        size=250,
        help_text="Empty: everywhere.",
    )
    postal_ranges = models.JSONField(default=list, blank=True)
    """[["20", "22"], ["SW1", "SW9"]]: first and last, of the same length, compared with as many first
    characters of the postal code. Empty: all of the countries."""
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ("position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "name"], condition=Q(archived_at=None), name="fulfilment_shippingzone_name"
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "position", "id"], name="fulfilment_shippingzone_order"),)

    def __str__(self) -> str:
        """Say which zone."""
        return self.name


class ShippingMethod(TenantOwned, Archivable, TimestampedModel):
    """A way to send something to a zone, and its price."""

    zone = TenantForeignKey(ShippingZone, on_delete=models.CASCADE, related_name="methods")
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=_KINDS, default=MethodKind.FLAT.value)
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField(default=0, validators=_AMOUNT, help_text="In cents (minor units).")
    tiers = models.JSONField(default=list, blank=True)
    """[[0, 490], [2000, 690]]: from this weight, value or number of pieces on, this amount."""
    free_from_amount = models.BigIntegerField(
        null=True, blank=True, validators=_AMOUNT, help_text="Free from this value of goods on, after discounts."
    )
    min_weight_grams = models.PositiveIntegerField(default=0)
    max_weight_grams = models.PositiveIntegerField(null=True, blank=True)
    tax_class = TenantForeignKey(TaxClass, on_delete=models.PROTECT, null=True, blank=True, related_name="methods")
    is_active = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ("position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "zone", "name"],
                condition=Q(archived_at=None),
                name="fulfilment_shippingmethod_name",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[kind for kind, _ in _KINDS]), name="fulfilment_shippingmethod_kind"
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lte=MAX_AMOUNT), name="fulfilment_shippingmethod_amount"
            ),
            models.CheckConstraint(
                condition=Q(max_weight_grams=None) | Q(max_weight_grams__gte=F("min_weight_grams")),
                name="fulfilment_shippingmethod_weight",
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "tax_class"], name="fulfilment_method_by_tax_class"),)

    def __str__(self) -> str:
        """Say which method."""
        return self.name


class PickupPoint(TenantOwned):
    """A place where customers fetch what they bought."""

    method = TenantForeignKey(ShippingMethod, on_delete=models.CASCADE, related_name="pickup_points")
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=500)
    latitude_microdegrees = models.IntegerField(
        null=True, blank=True, validators=[MinValueValidator(-90_000_000), MaxValueValidator(90_000_000)]
    )
    longitude_microdegrees = models.IntegerField(
        null=True, blank=True, validators=[MinValueValidator(-180_000_000), MaxValueValidator(180_000_000)]
    )
    opening_hours = models.CharField(max_length=500, blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "method", "name"], name="fulfilment_pickuppoint_name"),
        )

    def __str__(self) -> str:
        """Say which place."""
        return self.name
