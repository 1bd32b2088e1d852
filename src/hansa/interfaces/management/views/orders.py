"""Orders, to read."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.serializers import BaseSerializer

from hansa.domain.orders.models import Order
from hansa.interfaces.management.access import Readable, Resource
from hansa.interfaces.management.filters import OrderFilter
from hansa.interfaces.management.serializers.orders import OrderRead, OrderRow


class OrderResource(Readable, Resource):
    """The shop's orders."""

    queryset = Order.objects.all()
    serializer_class = OrderRead
    filterset_class = OrderFilter
    search_fields = ("email_key",)
    orderings = ("-number", "number", "-placed_at", "placed_at", "updated_at", "-updated_at")
    capabilities: ClassVar = {"list": "orders.view", "retrieve": "orders.view"}

    def get_queryset(self) -> QuerySet[Any]:
        """Read lines and timeline where they are shown."""
        orders = super().get_queryset()
        return orders if self.action == "list" else orders.prefetch_related("lines__order", "timeline")

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        """Show a list in short."""
        return OrderRow if self.action == "list" else OrderRead
