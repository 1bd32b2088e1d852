"""Stock in the back office: what lies where, the ledger, the warehouses."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin import ModelAdmin, SimpleListFilter, register
from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from hansa.domain.inventory.models import StockItem, StockMovement, Warehouse
from hansa.domain.inventory.services.adjust import adjust
from hansa.domain.inventory.services.count_stock import count_stock
from hansa.domain.inventory.services.receive import receive
from hansa.domain.inventory.services.save_warehouse import save_warehouse
from hansa.domain.inventory.services.set_backorder_limit import set_backorder_limit
from hansa.domain.inventory.services.set_low_stock_threshold import set_low_stock_threshold
from hansa.domain.inventory.services.transfer import transfer
from hansa.domain.staff.types import Authority
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.product_filters import Lookups
from hansa.interfaces.backoffice.reach import within_reach
from hansa.interfaces.backoffice.read_only import ReadOnly
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.interfaces.reach import narrow

_MOST = 1_000_000
_LEDGER_LINES = 50
_LOW = Q(low_stock_threshold__isnull=False) & Q(free__lte=F("low_stock_threshold"))


def _pieces(label: str, least: int = 1, **options: Any) -> forms.IntegerField:  # noqa: ANN401
    return forms.IntegerField(
        label=label, min_value=least, max_value=_MOST, widget=UnfoldAdminIntegerFieldWidget, **options
    )


def _words(label: str, **options: Any) -> forms.CharField:  # noqa: ANN401
    return forms.CharField(label=label, max_length=500, widget=UnfoldAdminTextInputWidget, **options)


class ReceiveOperation(Operation):
    """Goods have come."""

    name, title, button = "receive", "Receive", "Receive"
    capability = "stock.edit"
    quantity = _pieces("Pieces")
    reason = _words("Note, for example the delivery's number", required=False)

    def carry_out(self, *, actor: str, now: datetime) -> str:
        """Receive through the service."""
        quantity = self.cleaned_data["quantity"]
        receive(
            quantities={self.item.variant_id: quantity},
            warehouse_id=self.item.warehouse_id,
            reason=self.cleaned_data["reason"],
            actor=actor,
            now=now,
        )
        return f"{quantity} received."


class AdjustOperation(Operation):
    """Something broke, or was found."""

    name, title, button = "adjust", "Adjust", "Adjust"
    capability = "stock.edit"
    delta = _pieces("Pieces more; with a minus, fewer", -_MOST)
    reason = _words("Why")

    def carry_out(self, *, actor: str, now: datetime) -> str:
        """Adjust through the service."""
        delta = self.cleaned_data["delta"]
        adjust(
            variant_id=self.item.variant_id,
            delta=delta,
            reason=self.cleaned_data["reason"],
            warehouse_id=self.item.warehouse_id,
            actor=actor,
            now=now,
        )
        return f"Adjusted by {delta:+}."


class CountOperation(Operation):
    """Somebody has counted."""

    name, title, button = "count", "Count", "Set to the count"
    capability = "stock.edit"
    counted = _pieces("Pieces on the shelf, those for open orders included", 0)
    reason = _words("Note", required=False)

    def carry_out(self, *, actor: str, now: datetime) -> str:
        """Set to the count through the service."""
        counted = self.cleaned_data["counted"]
        count_stock(
            counted={self.item.variant_id: counted},
            warehouse_id=self.item.warehouse_id,
            reason=self.cleaned_data["reason"],
            actor=actor,
            now=now,
        )
        return f"On hand is now {counted}."


class TransferOperation(Operation):
    """It goes to another warehouse."""

    name, title, button = "transfer", "Transfer to another warehouse", "Transfer"
    capability = "stock.edit"
    quantity = _pieces("Pieces")
    to = forms.ModelChoiceField(
        label="To", queryset=Warehouse.objects.none(), empty_label=None, widget=UnfoldAdminSelectWidget
    )

    def __init__(self, item: Any, by: Authority, data: Any = None) -> None:  # noqa: ANN401  (a stock item, a form's values)
        """Offer the other warehouses in which the person works."""
        super().__init__(item, by, data)
        self.fields["to"].queryset = _others(item, by)  # type: ignore[attr-defined]

    @classmethod
    def is_offered(cls, item: StockItem, by: Authority) -> bool:
        """Tell whether there is another warehouse to send it to."""
        return super().is_offered(item, by) and _others(item, by).exists()

    def carry_out(self, *, actor: str, now: datetime) -> str:
        """Transfer through the service."""
        quantity, to = self.cleaned_data["quantity"], self.cleaned_data["to"]
        transfer(
            quantities={self.item.variant_id: quantity},
            from_warehouse_id=self.item.warehouse_id,
            to_warehouse_id=to.pk,
            actor=actor,
            now=now,
        )
        return f"{quantity} transferred to {to}."


class ThresholdOperation(Operation):
    """When to warn."""

    name, title, button = "threshold", "Warn when it is low", "Save"
    capability = "stock.edit"
    threshold = _pieces("At this many free pieces or fewer; empty: never", 0, required=False)

    @classmethod
    def initial_values(cls, item: StockItem) -> dict[str, Any]:
        """Show what is set."""
        return {"threshold": item.low_stock_threshold}

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (a setting has no actor)
        """Set through the service."""
        threshold = self.cleaned_data["threshold"]
        set_low_stock_threshold(
            variant_id=self.item.variant_id, threshold=threshold, warehouse_id=self.item.warehouse_id, now=now
        )
        return "Saved." if threshold is not None else "Saved: no warning."


class BackorderOperation(Operation):
    """Sell what is not there yet."""

    name, title, button = "backorders", "Sell before it is here", "Save"
    capability = "stock.edit"
    limit = _pieces("At most this many pieces beyond those on hand; empty: without limit", 0, required=False)

    @classmethod
    def initial_values(cls, item: Any) -> dict[str, Any]:  # noqa: ANN401  (a stock item with its variant)
        """Show what is set."""
        return {"limit": item.backorder_maximum if item.variant.sells_when_out_of_stock else 0}

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (a setting has no actor)
        """Set through the service."""
        limit = self.cleaned_data["limit"]
        above = set_backorder_limit(
            variant_id=self.item.variant_id, limit=limit, warehouse_id=self.item.warehouse_id, now=now
        )
        if above:
            return f"Saved. {above} more than that are promised already: new orders wait until these are delivered."
        return "Saved: without limit." if limit is None else f"Saved: at most {limit} beyond what is on hand."


def _others(item: StockItem, by: Authority) -> QuerySet[Warehouse]:
    others = Warehouse.objects.filter(is_active=True).exclude(pk=item.warehouse_id)
    return narrow(others, by).order_by("priority", "id")


class LevelFilter(SimpleListFilter):
    """How much is left."""

    title = "level"
    parameter_name = "level"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Lookups:  # noqa: ARG002  (Django's signature)
        """Offer what one looks for."""
        return [("low", "Low"), ("none", "Nothing free"), ("owed", "Promised and not there")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  (Django's signature)
        """Compare the counters."""
        chosen = {"low": _LOW, "none": Q(free__lte=0), "owed": Q(free__lt=0)}.get(self.value() or "")
        return queryset.filter(chosen) if chosen else queryset


class WarehouseFilter(SimpleListFilter):
    """One warehouse; offered only where there are several."""

    title = "warehouse"
    parameter_name = "warehouse"

    def lookups(self, request: HttpRequest, model_admin: "ModelAdmin[Any]") -> Lookups:  # noqa: ARG002  (Django's signature)
        """Offer those in which the person works."""
        houses = within_reach(request, Warehouse.objects.order_by("priority", "id"))
        return [(house.code, house.name) for house in houses[:200]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002  (Django's signature)
        """Choose by the code."""
        return queryset.filter(warehouse__code=self.value()) if self.value() else queryset


def variant_name(variant: Any) -> str:  # noqa: ANN401  (a variant with its product)
    """Return the product's name with the variant's options."""
    return " · ".join((variant.product.name, *variant.option_values))


@register(StockItem, site=backoffice)
class StockItemAdmin(OperationsAdmin):
    """What lies where, and what can be done with it."""

    list_display = ("what", "sku", "warehouse", "on_hand", "reserved", "free_shown", "level")
    list_display_links = ("what",)
    list_filter = (LevelFilter, WarehouseFilter)
    list_select_related = ("variant__product", "warehouse")
    search_fields = ("variant__sku", "variant__product__name")
    search_help_text = "SKU or product"
    ordering = ("variant__product__name", "variant__position", "id")
    operations = (
        ReceiveOperation,
        AdjustOperation,
        CountOperation,
        TransferOperation,
        BackorderOperation,
        ThresholdOperation,
    )
    page_template = "backoffice/stock_item.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockItem]:
        """Read each with what is free."""
        items: QuerySet[StockItem] = super().get_queryset(request)
        return items.annotate(free=F("on_hand") - F("reserved")).select_related("variant__product", "warehouse")

    @column("Product", ordering="variant__product__name")
    def what(self, item: StockItem) -> str:
        """Show product and options."""
        return variant_name(item.variant)

    @column("SKU", ordering="variant__sku")
    def sku(self, item: Any) -> Any:  # noqa: ANN401  (a stock item with its variant)
        """Show the SKU."""
        return item.variant.sku or "–"

    @column("Free", ordering="free")
    def free_shown(self, item: Any) -> int:  # noqa: ANN401  (a stock item with what is free)
        """Show what can still be sold."""
        return int(item.free)

    @column("", label={"Low": "warning", "Nothing free": "danger", "Owed": "danger"})
    def level(self, item: Any) -> str:  # noqa: ANN401  (a stock item with what is free)
        """Warn."""
        return _level(item)

    def page_facts(self, item: Any) -> dict[str, Any]:  # noqa: ANN401  (a stock item with what is free)
        """Return counters and the end of the ledger."""
        return {
            "title": variant_name(item.variant),
            "original": variant_name(item.variant),
            "level_shown": _level(item),
            "counters": (
                ("On hand", item.on_hand, "on the shelf"),
                ("Reserved", item.reserved, "promised to orders"),
                ("Free", item.free, "can be sold"),
            ),
            "backorders": _backorders(item),
            "movements": item.movements.order_by("-created_at", "-id")[:_LEDGER_LINES],
            "ledger_lines": _LEDGER_LINES,
        }


def _backorders(item: Any) -> str:  # noqa: ANN401  (a stock item with its variant)
    if not item.variant.sells_when_out_of_stock:
        return "none"
    return "without limit" if item.backorder_maximum is None else f"at most {item.backorder_maximum}"


def _level(item: Any) -> str:  # noqa: ANN401  (a stock item with what is free)
    if item.free < 0:
        return "Owed"
    if item.free == 0:
        return "Nothing free"
    return "Low" if item.low_stock_threshold is not None and item.free <= item.low_stock_threshold else ""


@register(StockMovement, site=backoffice)
class StockMovementAdmin(ReadOnly, ServiceAdmin):
    """The ledger: every change of every counter."""

    list_display = ("created_at", "what", "warehouse", "kind_shown", "on_hand_delta", "reserved_delta", "who", "reason")
    list_filter = ("kind",)
    list_select_related = ("stock_item__variant__product", "stock_item__warehouse")
    search_fields = ("stock_item__variant__sku", "stock_item__variant__product__name", "reason")
    search_help_text = "SKU, product or reason"
    ordering = ("-created_at", "-id")
    fields = ("created_at", "kind", ("on_hand_delta", "reserved_delta"), "actor", "reason", "reference")

    @column("Product")
    def what(self, movement: Any) -> str:  # noqa: ANN401  (a movement with its stock item)
        """Show product and options."""
        return variant_name(movement.stock_item.variant)

    @column("Warehouse")
    def warehouse(self, movement: Any) -> str:  # noqa: ANN401  (a movement with its stock item)
        """Show where."""
        return str(movement.stock_item.warehouse)

    @column("What", ordering="kind", label={"Ship": "info", "Receive": "success", "Return": "success"})
    def kind_shown(self, movement: StockMovement) -> str:
        """Show why the counters moved."""
        return str(movement.get_kind_display())

    @column("Who", ordering="actor")
    def who(self, movement: StockMovement) -> str:
        """Show who did it."""
        return movement.actor or "–"


@register(Warehouse, site=backoffice)
class WarehouseAdmin(ServiceAdmin):
    """The places where stock lies."""

    list_display = ("name", "code", "priority", "is_active", "is_default")
    ordering = ("priority", "id")
    fields = ("name", "code", "priority", "is_active")
    prepopulated_fields = {"code": ("name",)}

    def has_delete_permission(self, request: HttpRequest, obj: Warehouse | None = None) -> bool:  # noqa: ARG002
        """Keep warehouses, which are switched off: their ledger stays."""
        return False

    def save_model(self, request: HttpRequest, obj: Warehouse, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_warehouse(warehouse=obj)
