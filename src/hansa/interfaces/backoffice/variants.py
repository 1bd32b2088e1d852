"""The page of one variant: what is rarely changed."""

from typing import Any

from django import forms
from django.contrib.admin import register
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hansa.domain.catalog.models import Product, Variant
from hansa.domain.catalog.services.set_variants import save_variants
from hansa.interfaces.backoffice.form_fields import AmountField, MetadataField, StockField, seen_stock
from hansa.interfaces.backoffice.reach import may_set_stock
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.kernel.clock import now


class VariantDetailsForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """Everything about one variant but its option values and its picture."""

    price_amount = AmountField(label="Price")
    compare_at_amount = AmountField(label="Former price", required=False)
    stock_quantity = StockField()

    class Meta:
        model = Variant
        fields = (
            *("sku", "barcode", "price_amount", "compare_at_amount", "is_stock_tracked", "stock_quantity"),
            *("sells_when_out_of_stock", "weight_grams", "requires_shipping", "is_taxable", "metadata"),
        )
        field_classes = {"metadata": MetadataField}


@register(Variant, site=backoffice)
class VariantAdmin(ServiceAdmin):
    """Reached from its product only."""

    form = VariantDetailsForm
    readonly_fields = ("product", "option_values")
    fieldsets = (
        (None, {"fields": ("product", "option_values", ("sku", "barcode"), ("price_amount", "compare_at_amount"))}),
        ("Stock", {"fields": (("stock_quantity", "is_stock_tracked", "sells_when_out_of_stock"),)}),
        ("Delivery and tax", {"fields": (("weight_grams", "requires_shipping", "is_taxable"),)}),
        ("More", {"fields": ("metadata",), "classes": ("collapse",)}),
    )

    def has_module_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  (Django's signature)
        """Keep it out of the menu."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002  (Django's signature)
        """Variants are added on their product's page."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """There is no list of variants without their product."""
        return redirect(reverse("admin:catalog_product_changelist"))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **options: Any) -> Any:  # noqa: ANN401, FBT001, FBT002  (Django's signature)
        """Give the form; its stock only to those who may set it."""
        form = super().get_form(request, obj, change=change, **options)
        if "stock_quantity" in form.base_fields:
            form.base_fields["stock_quantity"].disabled = not may_set_stock(request)
        return form

    def save_model(self, request: HttpRequest, obj: Variant, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_variants(product=_product(obj), saved=[obj], deleted=[], now=now(), seen_stock=seen_stock([form]))

    def delete_model(self, request: HttpRequest, obj: Variant) -> None:  # noqa: ARG002  (Django's signature)
        """Delete through the service."""
        save_variants(product=_product(obj), saved=[], deleted=[obj], now=now())


def _product(variant: Variant) -> Product:
    return Product.objects.get(pk=variant.product_id)
