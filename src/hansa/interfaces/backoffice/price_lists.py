"""Price lists in the back office."""

from typing import Any

from django import forms
from django.contrib.admin import register
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextInputWidget

from hansa.domain.catalog.models import Variant
from hansa.domain.pricing.models import PriceList, PriceListItem
from hansa.domain.pricing.services.save_price_list import save_price_list
from hansa.domain.pricing.services.set_prices import PriceDraft, set_prices
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.kernel.money import InvalidAmount, Money, UnknownCurrency, parse_amount
from hansa.kernel.tenancy import get_current_tenant


class PriceForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """One price: for the variant with this SKU, from this quantity on."""

    sku = forms.CharField(label="SKU", max_length=255, widget=UnfoldAdminTextInputWidget)
    price = forms.CharField(
        label="Price", max_length=20, widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal"})
    )

    class Meta:
        model = PriceListItem
        fields = ("min_quantity",)
        labels = {"min_quantity": "From so many pieces on"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (what a form takes)
        """Show SKU and price as people write them."""
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:  # noqa: SLF001  (Django's own)
            money = Money(self.instance.amount, self.instance.price_list.currency)
            self.initial["sku"] = self.instance.variant.sku
            self.initial["price"] = f"{money.major:f}"

    def clean_sku(self) -> str:
        """Find the variant."""
        sku: str = self.cleaned_data["sku"].strip()
        found = list(Variant.objects.filter(sku=sku)[:2])
        if len(found) != 1:
            message = f"There is no variant with the SKU “{sku}”." if not found else f"Several variants have “{sku}”."
            raise ValidationError(message, code="invalid")
        self.instance.variant = found[0]
        return sku

    def clean_price(self) -> str:
        """Read the price in the list's currency."""
        currency = self.instance.price_list.currency if self.instance.price_list_id else ""
        try:
            self.instance.amount = parse_amount(self.cleaned_data["price"], currency or get_current_tenant().currency)
        except (InvalidAmount, UnknownCurrency) as error:
            raise ValidationError(error.message, code=error.code) from None
        return str(self.cleaned_data["price"])


class PriceInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """The prices of a list."""

    model = PriceListItem
    form = PriceForm
    extra = 0
    per_page = 50
    verbose_name = "price"
    show_title = False
    fields = ("product", "sku", "min_quantity", "price")
    readonly_fields = ("product",)
    ordering = ("variant__sku", "min_quantity")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceListItem]:
        """Read the prices with their variants."""
        prices: QuerySet[PriceListItem] = super().get_queryset(request)
        return prices.select_related("variant__product", "price_list")

    @column("Product")
    def product(self, price: Any) -> str:  # noqa: ANN401  (a price, or the empty row for a new one)
        """Show product and options."""
        if price.variant_id is None:
            return "–"
        return " · ".join((price.variant.product.name, *price.variant.option_values))


@register(PriceList, site=backoffice)
class PriceListAdmin(ServiceAdmin):
    """Prices that hold instead of the catalogue's."""

    list_display = ("name", "currency", "customer_group", "price_total", "valid_from", "valid_until", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("customer_group",)
    search_fields = ("name",)
    ordering = ("priority", "name")
    fields = (("name", "currency"), ("customer_group", "priority"), ("valid_from", "valid_until"), "is_active")
    inlines = (PriceInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriceList]:
        """Read each list with the number of its prices."""
        lists: QuerySet[PriceList] = super().get_queryset(request)
        return lists.annotate(price_count=Count("items"))

    def get_inlines(self, request: HttpRequest, obj: PriceList | None) -> Any:  # noqa: ANN401, ARG002  (Django's signature)
        """Offer prices when the list, and with it the currency, is there."""
        return () if obj is None else self.inlines

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str]:  # noqa: ARG002  (Django's signature)
        """Begin with the shop's currency."""
        return {"currency": get_current_tenant().currency}

    def get_readonly_fields(self, request: HttpRequest, obj: PriceList | None = None) -> tuple[str, ...]:  # noqa: ARG002
        """Keep the currency: the prices are in it."""
        return () if obj is None else ("currency",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Keep lists, which are switched off; their prices can go."""
        return obj is None or isinstance(obj, PriceListItem)

    @column("Prices", ordering="price_count")
    def price_total(self, price_list: Any) -> int:  # noqa: ANN401  (a list with its count)
        """Show how many there are."""
        return int(price_list.price_count)

    def save_model(self, request: HttpRequest, obj: PriceList, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_price_list(price_list=obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Set the prices through the service: what was there before goes, what stands there now holds."""
        for formset in formsets:
            before = {price.pk: price for price in PriceListItem.objects.filter(price_list=form.instance)}
            changed = formset.save(commit=False)
            moved = [before[price.pk] for price in (*changed, *formset.deleted_objects) if price.pk in before]
            drafts = [PriceDraft(price.variant_id, None, price.min_quantity) for price in moved]
            drafts += [PriceDraft(price.variant_id, price.amount, price.min_quantity) for price in changed]
            if drafts:
                set_prices(price_list_id=form.instance.pk, prices=drafts)
