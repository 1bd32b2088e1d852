"""Attributes in the back office."""

from typing import Any

from django.contrib.admin import register
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from hansa.domain.catalog.models import Attribute, ProductAttribute
from hansa.domain.catalog.services.save_attribute import delete_attribute, save_attribute
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice


@register(Attribute, site=backoffice)
class AttributeAdmin(ServiceAdmin):
    """The facts that products have."""

    list_display = ("label", "name", "is_filterable", "product_total")
    list_filter = ("is_filterable",)
    search_fields = ("label", "name")
    ordering = ("label",)
    fields = ("label", "name", "is_filterable")
    prepopulated_fields = {"name": ("label",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attribute]:
        """Read each attribute with the number of products that have it."""
        facts = ProductAttribute.objects.filter(attribute=OuterRef("pk")).order_by().values("attribute")
        attributes: QuerySet[Attribute] = super().get_queryset(request)
        return attributes.annotate(
            product_count=Coalesce(Subquery(facts.annotate(found=Count("product", distinct=True)).values("found")), 0)
        )

    @column("Products", ordering="product_count")
    def product_total(self, attribute: Any) -> int:  # noqa: ANN401  (an attribute with its count)
        """Show how many products have it."""
        return int(attribute.product_count)

    def save_model(self, request: HttpRequest, obj: Attribute, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_attribute(attribute=obj)

    def delete_model(self, request: HttpRequest, obj: Attribute) -> None:  # noqa: ARG002  (Django's signature)
        """Delete through the service."""
        delete_attribute(attribute_id=obj.pk)
