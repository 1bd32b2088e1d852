"""Tables of orders, and the table of states."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from hansa.kernel.models import TenantForeignKey, TenantOwned, TimestampedModel
from hansa.kernel.money import MAX_AMOUNT


class Status(models.TextChoices):
    """How far an order is."""

    PENDING_PAYMENT = "pending_payment", "Waiting for payment"
    PAID = "paid", "Paid"
    PARTIALLY_FULFILLED = "partially_fulfilled", "Partially sent"
    FULFILLED = "fulfilled", "Sent"
    COMPLETED = "completed", "Completed"
    PAYMENT_FAILED = "payment_failed", "Payment failed"
    CANCELLED = "cancelled", "Cancelled"
    PARTIALLY_REFUNDED = "partially_refunded", "Partially refunded"
    REFUNDED = "refunded", "Refunded"


TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.PENDING_PAYMENT: frozenset({Status.PAID, Status.PAYMENT_FAILED, Status.CANCELLED}),
    Status.PAID: frozenset(
        {
            Status.PARTIALLY_FULFILLED,
            Status.FULFILLED,
            Status.CANCELLED,
            Status.PARTIALLY_REFUNDED,
            Status.REFUNDED,
        }
    ),
    Status.PARTIALLY_FULFILLED: frozenset({Status.FULFILLED, Status.PARTIALLY_REFUNDED, Status.REFUNDED}),
    Status.FULFILLED: frozenset({Status.COMPLETED, Status.PARTIALLY_REFUNDED, Status.REFUNDED}),
    Status.COMPLETED: frozenset({Status.PARTIALLY_REFUNDED, Status.REFUNDED}),
    # A part of the money went back; the rest of the goods may still be sent, or is not wanted any more either.
    Status.PARTIALLY_REFUNDED: frozenset(
        {Status.PARTIALLY_FULFILLED, Status.FULFILLED, Status.CANCELLED, Status.REFUNDED}
    ),
    Status.PAYMENT_FAILED: frozenset(),
    Status.CANCELLED: frozenset(),
    Status.REFUNDED: frozenset(),
}
"""From which state an order may go where: the one table. The services ask it, and a trigger that the
migrations make from it holds everybody else to it (`state_machine.sql`)."""

_PARTS = F("subtotal") - F("discount") + F("shipping")


class Order(TenantOwned, TimestampedModel):
    """What was agreed. Amounts are minor units of `currency`."""

    number = models.BigIntegerField(editable=False)
    cart_id = models.UUIDField(editable=False)
    """The cart that it was made from; carts are forgotten, orders are not."""
    customer_id = models.UUIDField(null=True, blank=True, editable=False)
    status = models.CharField(max_length=30, choices=Status, default=Status.PENDING_PAYMENT)
    currency = models.CharField(max_length=3, editable=False)
    email = models.CharField(max_length=254)
    email_key = models.CharField(max_length=254, editable=False)
    """In small letters: by which one buyer's orders are found."""
    language = models.CharField(max_length=5, blank=True, default="", db_default="", editable=False)
    """In which the buyer is written to, as their cart knew it; empty: the customer's, else the shop's."""
    shipping_address = models.JSONField(null=True, blank=True)
    billing_address = models.JSONField(null=True, blank=True)
    shipping_method = models.JSONField(null=True, blank=True, editable=False)
    subtotal = models.BigIntegerField(editable=False)
    discount = models.BigIntegerField(editable=False)
    shipping = models.BigIntegerField(editable=False)
    tax = models.BigIntegerField(editable=False)
    total = models.BigIntegerField(editable=False)
    prices_include_tax = models.BooleanField(editable=False)
    explanation = models.JSONField(default=list, editable=False)
    """Which rule gave what, as the buyer saw it."""
    placed_at = models.DateTimeField(editable=False)
    is_counted = models.BooleanField(default=False, db_default=False, editable=False)
    """Whether what is popular counts it."""

    class Meta:
        ordering: ClassVar = ("-number",)
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "number"], name="orders_order_number"),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="orders_order_status_known"),
            models.CheckConstraint(
                condition=Q(prices_include_tax=True, total=_PARTS)
                | Q(prices_include_tax=False, total=_PARTS + F("tax")),
                name="orders_order_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(subtotal__gte=0, discount__gte=0, shipping__gte=0, tax__gte=0, total__gte=0)
                & Q(discount__lte=F("subtotal"), total__lte=MAX_AMOUNT),
                name="orders_order_amounts",
            ),
        )
        indexes = (
            models.Index(fields=["tenant_id", "status", "placed_at"], name="orders_order_by_status"),
            models.Index(fields=["tenant_id", "email_key"], name="orders_order_by_email"),
            models.Index(fields=["tenant_id", "customer_id", "number"], name="orders_order_by_customer"),
        )

    def __str__(self) -> str:
        """Say which order."""
        return f"#{self.number}"


class OrderLine(TenantOwned):
    """One line, as it was sold: nothing here changes when the product does."""

    order = TenantForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    variant_id = models.UUIDField()
    product_id = models.UUIDField()
    name = models.CharField(max_length=300)
    slug = models.CharField(max_length=300, blank=True)
    sku = models.CharField("SKU", max_length=255, blank=True)
    options = models.JSONField(default=dict)
    image = models.JSONField(null=True)
    quantity = models.PositiveIntegerField()
    unit_price = models.BigIntegerField()
    subtotal = models.BigIntegerField()
    discount = models.BigIntegerField()
    tax = models.BigIntegerField()
    total = models.BigIntegerField()
    taxes = models.JSONField(default=list)

    class Meta:
        ordering: ClassVar = ("position",)
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "order", "position"], name="orders_orderline_position"),
            models.CheckConstraint(condition=Q(quantity__gte=1, quantity__lte=9999), name="orders_orderline_quantity"),
            models.CheckConstraint(
                condition=Q(subtotal=F("unit_price") * F("quantity")), name="orders_orderline_subtotal"
            ),
            models.CheckConstraint(
                condition=Q(unit_price__gte=0, discount__gte=0, discount__lte=F("subtotal"), tax__gte=0),
                name="orders_orderline_amounts",
            ),
        )

    def __str__(self) -> str:
        """Say what was sold."""
        return f"{self.quantity} × {self.name}"


class OrderCounter(TenantOwned):
    """The last order number of a tenant; one row each, locked for an instant at the end of a checkout."""

    last_number = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tenant_id"], name="orders_ordercounter_one"),)

    def __str__(self) -> str:
        """Say how far it has come."""
        return str(self.last_number)


class TimelineEntry(TenantOwned):
    """Something that happened to an order, and who did it."""

    order = TenantForeignKey(Order, on_delete=models.CASCADE, related_name="timeline")
    kind = models.CharField(max_length=50)
    actor = models.CharField(max_length=254)
    """Who: `customer`, `system`, `provider:stripe` or a staff member's e-mail address."""
    status = models.CharField(max_length=30, blank=True)
    """The order's status from here on, when this changed it."""
    message = models.CharField(max_length=500, blank=True)
    data = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "timeline"
        ordering: ClassVar = ("created_at", "id")
        indexes = (models.Index(fields=["tenant_id", "order", "created_at"], name="orders_timelineentry_order"),)

    def __str__(self) -> str:
        """Say what happened."""
        return self.message or self.kind
