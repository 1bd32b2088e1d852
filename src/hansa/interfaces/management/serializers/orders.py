"""Orders on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hansa.domain.orders.models import Order, OrderLine, TimelineEntry
from hansa.interfaces.management.serializers.base import Money, money

_AMOUNTS = ("subtotal", "discount", "shipping", "tax", "total")


class Totals(serializers.Serializer[Any]):
    """What an order costs."""

    subtotal = Money()
    discount = Money()
    shipping = Money()
    tax = Money()
    total = Money()


class OrderLineRead(serializers.ModelSerializer[OrderLine]):
    """A line, as it was sold."""

    unit_price = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField()

    class Meta:
        model = OrderLine
        fields = (
            "id",
            "position",
            "variant_id",
            "product_id",
            "name",
            "sku",
            "options",
            "quantity",
            "unit_price",
            "total",
        )

    @extend_schema_field(Money)
    def get_unit_price(self, line: Any) -> dict[str, Any] | None:  # noqa: ANN401  (a line with its order)
        """Return what one piece cost."""
        return money(line.unit_price, line.order.currency)

    @extend_schema_field(Money)
    def get_total(self, line: Any) -> dict[str, Any] | None:  # noqa: ANN401  (a line with its order)
        """Return what the line cost after discounts."""
        return money(line.total, line.order.currency)


class TimelineRead(serializers.ModelSerializer[TimelineEntry]):
    """Something that happened to the order."""

    class Meta:
        model = TimelineEntry
        fields = ("kind", "actor", "status", "message", "created_at")


class OrderRow(serializers.ModelSerializer[Order]):
    """An order, as it stands in a list."""

    totals = serializers.SerializerMethodField()

    class Meta:
        model = Order
        fields = ("id", "number", "status", "email", "customer_id", "totals", "placed_at", "updated_at")

    @extend_schema_field(Totals)
    def get_totals(self, order: Order) -> dict[str, Any]:
        """Return what it costs."""
        return {name: money(getattr(order, name), order.currency) for name in _AMOUNTS}


class OrderRead(OrderRow):
    """An order with its lines, addresses and timeline."""

    lines = OrderLineRead(many=True)
    timeline = TimelineRead(many=True)

    class Meta:
        model = Order
        fields = (
            *OrderRow.Meta.fields,
            *("prices_include_tax", "shipping_address", "billing_address", "shipping_method", "lines", "timeline"),
        )
