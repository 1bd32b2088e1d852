"""Tables of the inventory. Functions and triggers are in the .sql files beside."""

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from hansa.domain.catalog.models import Variant
from hansa.kernel.models import TenantForeignKey, TenantOwned, TimestampedModel

UNLIMITED_BACKORDERS = 1_000_000_000
"""The backorder limit of a variant that sells when out of stock, and of which nobody said how far.

Below it lies what the merchant set (`backorder_maximum`), or more: what is left of backorders after the
shop stopped taking them or takes fewer. The database shrinks it as they are filled (`ledger.sql`)."""


class Warehouse(TenantOwned, TimestampedModel):
    """A place where stock lies. Each shop has a default one, made when it is first needed."""

    name = models.CharField(max_length=200)
    code = models.SlugField(max_length=50)
    priority = models.IntegerField(default=0, help_text="Orders are served from the lowest number first.")
    is_default = models.BooleanField(default=False, editable=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering: ClassVar = ("priority", "id")
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "code"], name="inventory_warehouse_code"),
            models.UniqueConstraint(
                fields=["tenant_id"], condition=Q(is_default=True), name="inventory_warehouse_default"
            ),
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(is_active=True), name="inventory_warehouse_default_is_active"
            ),
        )

    def __str__(self) -> str:
        """Say which place."""
        return self.name


class StockItem(TenantOwned):
    """One variant in one warehouse. No index on its counters: their updates must stay in their page."""

    variant = TenantForeignKey(Variant, on_delete=models.CASCADE, related_name="stock_items")
    warehouse = TenantForeignKey(Warehouse, on_delete=models.PROTECT, related_name="stock_items")
    on_hand = models.BigIntegerField(default=0)
    reserved = models.BigIntegerField(default=0)
    backorder_limit = models.BigIntegerField(default=0, validators=[MinValueValidator(0)])
    # The merchant's word, kept while the variant does not sell when out of stock; None: without limit.
    backorder_maximum = models.BigIntegerField(null=True, blank=True)
    low_stock_threshold = models.BigIntegerField(null=True, blank=True)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "variant", "warehouse"], name="inventory_stockitem_variant_warehouse"
            ),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="inventory_stockitem_reserved"),
            models.CheckConstraint(condition=Q(backorder_limit__gte=0), name="inventory_stockitem_backorder_limit"),
            models.CheckConstraint(
                condition=Q(backorder_maximum=None) | Q(backorder_maximum__gte=0),
                name="inventory_stockitem_backorder_maximum",
            ),
            models.CheckConstraint(
                condition=Q(reserved__lte=F("on_hand") + F("backorder_limit")), name="inventory_stockitem_not_oversold"
            ),
        )

    def __str__(self) -> str:
        """Say how it stands."""
        return f"{self.on_hand} on hand, {self.reserved} reserved"


class StockMovement(TenantOwned):
    """One line of the ledger. The application may add lines and can change none."""

    class Kind(models.TextChoices):
        """Why the counters moved."""

        RECEIVE = "receive"
        COUNT = "count"
        RESERVE = "reserve"
        RELEASE = "release"
        SHIP = "ship"
        ADJUST = "adjust"
        TRANSFER = "transfer"
        RETURN = "return"

    # The database takes a deleted variant's ledger with it; Django could not, it may delete no line.
    stock_item = TenantForeignKey(StockItem, on_delete=models.DO_NOTHING, related_name="movements")
    kind = models.CharField(max_length=20, choices=Kind)
    on_hand_delta = models.BigIntegerField(default=0)
    reserved_delta = models.BigIntegerField(default=0)
    reference = models.UUIDField(null=True)
    actor = models.CharField(max_length=200, blank=True, default="")
    reason = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    kind__in=["receive", "count", "reserve", "release", "ship", "adjust", "transfer", "return"]
                ),
                name="inventory_stockmovement_kind_known",
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "stock_item", "created_at"], name="inventory_movement_by_item"),)

    def __str__(self) -> str:
        """Say what moved."""
        return f"{self.kind}: on hand {self.on_hand_delta:+}, reserved {self.reserved_delta:+}"


class Reservation(TenantOwned):
    """What of one stock item is promised to one reference (an order, for those above us)."""

    class State(models.TextChoices):
        """How far it is."""

        HELD = "held"
        ALLOCATED = "allocated"
        RELEASED = "released"
        SHIPPED = "shipped"

    reference = models.UUIDField()
    stock_item = TenantForeignKey(StockItem, on_delete=models.DO_NOTHING, related_name="reservations")
    quantity = models.BigIntegerField()
    shipped_quantity = models.BigIntegerField(default=0)
    state = models.CharField(max_length=20, choices=State, default=State.HELD)
    expires_at = models.DateTimeField()
    is_extended = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "reference", "stock_item"], name="inventory_reservation_once"),
            models.CheckConstraint(
                condition=Q(state__in=["held", "allocated", "released", "shipped"]),
                name="inventory_reservation_state_known",
            ),
            models.CheckConstraint(
                condition=Q(shipped_quantity__gte=0, quantity__gte=1, shipped_quantity__lte=F("quantity")),
                name="inventory_reservation_quantities",
            ),
        )
        indexes = (
            models.Index(
                fields=["tenant_id", "stock_item"],
                condition=Q(state__in=["held", "allocated"]),
                name="inventory_reservation_live",
            ),
        )

    def __str__(self) -> str:
        """Say how it stands."""
        return f"{self.quantity} {self.state}"


class BundleComponent(TenantOwned):
    """One part of a bundle. A part whose variant was deleted stays, so that the bundle sells no more."""

    bundle = TenantForeignKey(Variant, on_delete=models.CASCADE, related_name="bundle_components")
    component = TenantForeignKey(Variant, on_delete=models.SET_NULL, null=True, related_name="part_of_bundles")
    quantity = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "bundle", "component"], name="inventory_bundle_part_once"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="inventory_bundle_quantity"),
            models.CheckConstraint(condition=~Q(bundle=F("component")), name="inventory_bundle_not_itself"),
        )
        indexes = (models.Index(fields=["tenant_id", "component"], name="inventory_bundle_by_part"),)

    def __str__(self) -> str:
        """Say how many."""
        return f"{self.quantity} ×"


class StockChange(TenantOwned):
    """A change of which the catalogue has not heard yet: see `services/publish_availability.py`."""

    stock_item = TenantForeignKey(StockItem, on_delete=models.DO_NOTHING, related_name="changes")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        """Say since when."""
        return str(self.changed_at)
