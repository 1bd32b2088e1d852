"""Products, to read."""

from typing import ClassVar

from hansa.domain.catalog.models import Product
from hansa.interfaces.management.access import Readable, Resource
from hansa.interfaces.management.filters import ProductFilter
from hansa.interfaces.management.serializers.catalog import ProductRead


class ProductResource(Readable, Resource):
    """All products, drafts and archived ones included."""

    queryset = Product.objects.prefetch_related("variants")
    serializer_class = ProductRead
    filterset_class = ProductFilter
    search_fields = ("name", "vendor", "variants__sku")
    orderings = ("-created_at", "created_at", "name", "-name", "updated_at", "-updated_at")
    capabilities: ClassVar = {"list": "catalog.view", "retrieve": "catalog.view"}
