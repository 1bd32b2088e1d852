"""Products on the wire."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from hansa.domain.catalog.models import Product, Variant
from hansa.interfaces.management.serializers.base import Money, money


class VariantRead(serializers.ModelSerializer[Variant]):
    """A variant, as staff see it."""

    price = serializers.SerializerMethodField()
    compare_at_price = serializers.SerializerMethodField()

    class Meta:
        model = Variant
        fields = (
            *("id", "position", "sku", "barcode", "option_values", "price", "compare_at_price"),
            *("is_stock_tracked", "stock_quantity", "sells_when_out_of_stock", "weight_grams"),
            *("requires_shipping", "is_taxable", "created_at", "updated_at"),
        )

    @extend_schema_field(Money)
    def get_price(self, variant: Variant) -> dict[str, Any] | None:
        """Return the catalogue's price."""
        return money(variant.price_amount, variant.currency)

    @extend_schema_field(Money(allow_null=True))
    def get_compare_at_price(self, variant: Variant) -> dict[str, Any] | None:
        """Return the former price."""
        return money(variant.compare_at_amount, variant.currency)


class ProductRead(serializers.ModelSerializer[Product]):
    """A product, drafts and archived ones included."""

    tags = serializers.ListField(child=serializers.CharField())
    option_names = serializers.ListField(child=serializers.CharField())
    variants = VariantRead(many=True)

    class Meta:
        model = Product
        fields = (
            *("id", "slug", "name", "description", "category_id", "vendor", "tags", "option_names", "status"),
            *("published_at", "archived_at", "seo_title", "seo_description", "metadata", "variants"),
            *("created_at", "updated_at"),
        )
