"""Tax classes, rates and markets in the back office."""

from typing import Any

from django import forms
from django.contrib.admin import register
from django.http import HttpRequest

from hansa.domain.pricing.models import Market, TaxClass, TaxRate
from hansa.domain.pricing.services.save_market import save_market
from hansa.domain.pricing.services.save_tax_class import save_tax_class
from hansa.domain.pricing.services.save_tax_rate import save_tax_rate
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.interfaces.backoffice.trade_fields import CountriesField, RateField, shown_rate


class _Kept(ServiceAdmin):
    """Orders and prices refer to it: it is changed or ended, not deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Nothing is deleted by hand."""
        return False


@register(TaxClass, site=backoffice)
class TaxClassAdmin(_Kept):
    """Kinds of goods that are taxed alike."""

    list_display = ("name", "code", "is_default")
    ordering = ("name",)
    fields = ("name", "code", "is_default")
    prepopulated_fields = {"code": ("name",)}

    def save_model(self, request: HttpRequest, obj: TaxClass, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_tax_class(tax_class=obj)


class TaxRateForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """A rate as staff write it."""

    rate_ppm = RateField(label="Per cent", help_text="For example 19 or 8.875.")

    class Meta:
        model = TaxRate
        fields = (
            *("tax_class", "name", "rate_ppm", "country", "region", "postal_from", "postal_until"),
            *("applies_to_shipping", "priority", "valid_from", "valid_until"),
        )


@register(TaxRate, site=backoffice)
class TaxRateAdmin(_Kept):
    """How much tax where."""

    form = TaxRateForm
    list_display = (
        "name",
        "country",
        "region",
        "tax_class",
        "rate",
        "applies_to_shipping",
        "valid_from",
        "valid_until",
    )
    list_display_links = ("name",)
    list_filter = ("tax_class", "country")
    list_select_related = ("tax_class",)
    search_fields = ("name", "country", "region")
    ordering = ("country", "region", "priority", "id")
    fields = (
        ("tax_class", "name"),
        ("rate_ppm", "applies_to_shipping"),
        ("country", "region"),
        ("postal_from", "postal_until"),
        ("valid_from", "valid_until"),
        "priority",
    )

    @column("Rate", ordering="rate_ppm")
    def rate(self, rate: TaxRate) -> str:
        """Show per cent."""
        return shown_rate(rate.rate_ppm)

    def save_model(self, request: HttpRequest, obj: TaxRate, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_tax_rate(rate=obj)


class MarketForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """A market as staff write it."""

    countries = CountriesField(required=False, help_text="Two letters each, parted by commas: DE, AT.")

    class Meta:
        model = Market
        fields = ("name", "countries", "prices_include_tax", "is_default")


@register(Market, site=backoffice)
class MarketAdmin(_Kept):
    """Where prices are shown with tax, and where without."""

    form = MarketForm
    list_display = ("name", "countries_shown", "prices_include_tax", "is_default")
    ordering = ("name",)

    @column("Countries")
    def countries_shown(self, market: Market) -> str:
        """Show which."""
        return ", ".join(market.countries) or "all others"

    def save_model(self, request: HttpRequest, obj: Market, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_market(market=obj)
