"""Shipping zones, methods and pick-up points in the back office."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import action, register
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from unfold.admin import TabularInline

from hansa.domain.fulfilment.models import PickupPoint, ShippingMethod, ShippingZone
from hansa.domain.fulfilment.services.archive_method import archive_method
from hansa.domain.fulfilment.services.archive_zone import archive_zone
from hansa.domain.fulfilment.services.save_method import save_method
from hansa.domain.fulfilment.services.save_pickup_point import save_pickup_point
from hansa.domain.fulfilment.services.save_zone import save_zone
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.form_fields import AmountField
from hansa.interfaces.backoffice.product_filters import ArchiveFilter
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.interfaces.backoffice.trade_fields import (
    CountriesField,
    PostalRangesField,
    ShippingStepsField,
    shown_amount,
)
from hansa.kernel.clock import now
from hansa.kernel.errors import DomainError


class _Archived(ServiceAdmin):
    """It is archived, not deleted: orders tell of it."""

    list_filter: tuple[Any, ...] = (ArchiveFilter,)
    actions = ("archive",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Nothing is deleted by hand."""
        return False

    def put_away(self, item: Any) -> None:  # noqa: ANN401
        """Archive through the service."""
        raise NotImplementedError

    @action(description="Archive")
    def archive(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Put the chosen ones away."""
        for item in list(queryset):
            try:
                self.put_away(item)
            except DomainError as error:
                messages.error(request, error.message)
            else:
                messages.success(request, f"{item} is archived.")


class ZoneForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """A zone as staff write it."""

    countries = CountriesField(
        required=False, help_text="Two letters each, parted by commas: DE, AT. Empty: everywhere."
    )

    postal_ranges = PostalRangesField(
        label="Postal codes",
        required=False,
        help_text="Only these, one range a line: “DE 10000-12999”, or “20-22” for all that begin with 20, 21 or 22."
        " Empty: all.",
    )

    class Meta:
        model = ShippingZone
        fields = ("name", "countries", "postal_ranges", "position")
        help_texts = {"position": "The first zone that fits an address counts."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (what a form takes)
        """Show the country in front of the ranges where the zone has one only."""
        super().__init__(*args, **kwargs)
        countries, ranges = self.instance.countries or [], self.instance.postal_ranges
        if len(countries) == 1 and ranges and "postal_ranges" in self.fields:
            field: Any = self.fields["postal_ranges"]
            self.initial["postal_ranges"] = "\n".join(f"{countries[0]} {field.write_step(one)}" for one in ranges)

    def clean(self) -> dict[str, Any]:
        """Refuse ranges of another country: a zone's ranges hold for all of its countries."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        typed = self.data.get(self.add_prefix("postal_ranges"), "")
        if "postal_ranges" in cleaned and "countries" in cleaned:
            field: Any = self.fields["postal_ranges"]
            named = {country for country, _ in field.named_ranges(typed) if country}
            if wrong := sorted(named.difference(cleaned["countries"])):
                message = f"{wrong[0]} is not among this zone’s countries. Add it there, or make a zone for it."
                self.add_error("postal_ranges", message)
            elif named and len(cleaned["countries"]) > 1:
                message = "A zone with ranges of one country holds that country only. Make a zone for each."
                self.add_error("postal_ranges", message)
        return cleaned


@register(ShippingZone, site=backoffice)
class ShippingZoneAdmin(_Archived):
    """Where something is sent to."""

    form = ZoneForm
    list_display = ("name", "countries_shown", "method_total", "position")
    ordering = ("position", "id")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShippingZone]:
        """Read each zone with the number of its methods."""
        zones: QuerySet[ShippingZone] = super().get_queryset(request)
        return zones.annotate(method_count=Count("methods", filter=Q(methods__archived_at=None)))

    @column("Countries")
    def countries_shown(self, zone: ShippingZone) -> str:
        """Show which."""
        return ", ".join(zone.countries) or "everywhere"

    @column("Methods", ordering="method_count")
    def method_total(self, zone: Any) -> int:  # noqa: ANN401  (a zone with its count)
        """Show how many ways there are."""
        return int(zone.method_count)

    def save_model(self, request: HttpRequest, obj: ShippingZone, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_zone(zone=obj)

    def put_away(self, item: ShippingZone) -> None:
        """Archive the zone with its methods."""
        archive_zone(zone_id=item.pk, now=now())


class MethodForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """A method as staff write it."""

    amount = AmountField(label="Price", required=False)
    tiers = ShippingStepsField(
        label="Steps",
        required=False,
        help_text="One per line, from how many grams, pieces or cents of value on, and the price: “2000: 6.90”.",
    )
    free_from_amount = AmountField(
        label="Free from", required=False, help_text="From this value of goods on, after discounts."
    )

    class Meta:
        model = ShippingMethod
        fields = (
            *("zone", "name", "kind", "amount", "tiers", "free_from_amount", "min_weight_grams", "max_weight_grams"),
            *("tax_class", "is_active", "position"),
        )
        labels = {"min_weight_grams": "From this weight on (g)", "max_weight_grams": "Up to this weight (g)"}

    def clean_amount(self) -> int:
        """Let an empty price be 0."""
        return self.cleaned_data["amount"] or 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (what a form takes)
        """Offer the zones that are not put away."""
        super().__init__(*args, **kwargs)
        if "zone" in self.fields:
            self.fields["zone"].queryset = ShippingZone.objects.filter(archived_at=None)  # type: ignore[attr-defined]


class PickupInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """Where customers fetch it."""

    model = PickupPoint
    extra = 0
    can_delete = False
    verbose_name = "pick-up point"
    show_title = False
    fields = ("name", "address", "opening_hours", "position")


@register(ShippingMethod, site=backoffice)
class ShippingMethodAdmin(_Archived):
    """How something is sent, and for how much."""

    form = MethodForm
    list_display = ("name", "zone", "kind", "price", "free_from", "is_active", "position")
    list_filter = ("kind", "zone", ArchiveFilter)
    list_select_related = ("zone",)
    search_fields = ("name",)
    ordering = ("zone__position", "position", "id")
    inlines = (PickupInline,)
    fields = (
        ("zone", "name"),
        ("kind", "amount", "free_from_amount"),
        "tiers",
        ("min_weight_grams", "max_weight_grams"),
        ("tax_class", "position", "is_active"),
    )

    @column("Price", ordering="amount")
    def price(self, method: ShippingMethod) -> str:
        """Show the price, or how many steps it has."""
        return f"{len(method.tiers)} steps" if method.tiers else shown_amount(method.amount, method.currency)

    @column("Free from", ordering="free_from_amount")
    def free_from(self, method: ShippingMethod) -> str:
        """Show from which value on it costs nothing."""
        return shown_amount(method.free_from_amount, method.currency) or "–"

    def save_model(self, request: HttpRequest, obj: ShippingMethod, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_method(method=obj)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save pick-up points through the service."""
        for formset in formsets:
            for point in formset.save(commit=False):
                save_pickup_point(point=point)

    def put_away(self, item: ShippingMethod) -> None:
        """Archive the method."""
        archive_method(method_id=item.pk, now=now())
