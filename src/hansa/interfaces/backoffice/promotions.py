"""Promotions in the back office."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import action, register
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectMultipleWidget, UnfoldAdminTextInputWidget

from hansa.domain.catalog.models import Category
from hansa.domain.pricing.models import Promotion
from hansa.domain.pricing.services.archive_promotion import archive_promotion
from hansa.domain.pricing.services.save_promotion import save_promotion
from hansa.domain.pricing.types import PromotionKind, normal_code
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.form_fields import AmountField, tree
from hansa.interfaces.backoffice.product_filters import ArchiveFilter
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.interfaces.backoffice.trade_fields import (
    DiscountStepsField,
    ProductsField,
    RateField,
    shown_amount,
    shown_rate,
)
from hansa.kernel.clock import now
from hansa.kernel.errors import DomainError

_KINDS = {
    PromotionKind.PERCENTAGE: "Per cent off",
    PromotionKind.FIXED_AMOUNT: "Amount off",
    PromotionKind.BUY_X_GET_Y: "Buy some, get some cheaper",
    PromotionKind.FREE_SHIPPING: "Free shipping",
    PromotionKind.TIERED: "Steps: more for more",
}
_STATES = {"Running": "success", "Planned": "info", "Over": "warning", "Used up": "warning", "Archived": "danger"}


class CategoriesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # none at run time
    """Places in the tree, kept as their ids."""

    widget = UnfoldAdminSelectMultipleWidget

    def label_from_instance(self, obj: Category) -> str:
        """Indent by the depth."""
        return "\u2003" * obj.path.count("/") + obj.name


class CodeField(forms.CharField):
    """A code, as it is stored: in capitals."""

    widget = UnfoldAdminTextInputWidget

    def to_python(self, value: Any) -> str:  # noqa: ANN401  (Django's signature)
        """Return capitals."""
        return normal_code(str(super().to_python(value)))


class PromotionForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """A promotion as staff write it."""

    code = CodeField(required=False, max_length=50, help_text="Empty: applies by itself.")
    rate_ppm = RateField(label="Per cent off", required=False, help_text="For example 10 or 7.5.")
    amount = AmountField(label="Amount off", required=False)
    min_subtotal = AmountField(
        label="From this value on", required=False, help_text="Of the goods that it holds for, before discounts."
    )
    tiers = DiscountStepsField(
        label="Steps",
        required=False,
        help_text="One per line, the value and what it gives: “50.00: 5 %” or “100.00: 10.00”.",
    )
    product_ids = ProductsField(
        label="Only these products",
        required=False,
        help_text="The last parts of their addresses in the shop, parted by commas: stoneware-mug, oak-board.",
    )
    categories = CategoriesField(
        label="Only these categories",
        queryset=Category.objects.none(),
        required=False,
        help_text="With all below them.",
    )

    class Meta:
        model = Promotion
        fields = (
            *("name", "code", "kind", "rate_ppm", "amount", "buy_quantity", "get_quantity", "tiers"),
            *("min_subtotal", "product_ids", "customer_group", "is_first_order_only", "starts_at", "ends_at"),
            *("usage_limit", "usage_limit_per_customer", "priority", "is_exclusive"),
        )
        labels = {
            "buy_quantity": "Buy so many",
            "get_quantity": "Get so many cheaper",
            "is_first_order_only": "Only for a first order",
            "usage_limit": "Uses in all",
            "usage_limit_per_customer": "Uses per customer",
            "is_exclusive": "Exclusive",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (what a form takes)
        """Offer the tree of today."""
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"].choices = [(kind.value, words) for kind, words in _KINDS.items()]  # type: ignore[attr-defined]
        if "categories" in self.fields:
            self.fields["categories"].queryset = tree()  # type: ignore[attr-defined]
            self.initial["categories"] = self.instance.category_ids

    def clean(self) -> dict[str, Any]:
        """Let empty amounts be 0, and gather the categories."""
        cleaned = super().clean() or {}
        for field in ("amount", "min_subtotal"):
            cleaned[field] = cleaned.get(field) or 0
        self.instance.category_ids = [category.pk for category in cleaned.get("categories") or ()]
        return cleaned


@register(Promotion, site=backoffice)
class PromotionAdmin(ServiceAdmin):
    """What makes baskets cheaper."""

    form = PromotionForm
    list_display = ("name", "gives", "code_shown", "state", "used", "starts_at", "ends_at")
    list_filter = ("kind", ArchiveFilter)
    search_fields = ("name", "code")
    ordering = ("priority", "id")
    actions = ("archive",)
    readonly_fields = ("uses", "archived_at")
    fieldsets = (
        (None, {"fields": ("name", ("code", "kind"))}),
        ("What it gives", {"fields": (("rate_ppm", "amount"), ("buy_quantity", "get_quantity"), "tiers")}),
        (
            "When it holds",
            {
                "fields": (
                    ("starts_at", "ends_at"),
                    "min_subtotal",
                    "categories",
                    "product_ids",
                    ("customer_group", "is_first_order_only"),
                )
            },
        ),
        ("How often", {"fields": (("usage_limit", "usage_limit_per_customer"), "uses")}),
        ("With others", {"fields": (("priority", "is_exclusive"), "archived_at")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Promotion | None = None) -> bool:  # noqa: ARG002
        """Promotions are archived: orders tell of them."""
        return False

    @column("Gives")
    def gives(self, promotion: Promotion) -> str:
        """Say it in a few words."""
        match promotion.kind:
            case PromotionKind.PERCENTAGE:
                return f"{shown_rate(promotion.rate_ppm)} off"
            case PromotionKind.FIXED_AMOUNT:
                return f"{shown_amount(promotion.amount, promotion.currency)} off"
            case PromotionKind.BUY_X_GET_Y:
                cheaper = "free" if promotion.rate_ppm == 1_000_000 else f"{shown_rate(promotion.rate_ppm)} off"  # noqa: PLR2004
                return f"Buy {promotion.buy_quantity}, get {promotion.get_quantity} {cheaper}"
            case PromotionKind.FREE_SHIPPING:
                return "Free shipping"
        return f"{len(promotion.tiers)} steps"

    @column("Code", ordering="code")
    def code_shown(self, promotion: Promotion) -> str:
        """Show the code, or that none is needed."""
        return promotion.code or "applies by itself"

    @column("Status", label=_STATES)
    def state(self, promotion: Promotion) -> str:
        """Say whether it gives anything now."""
        moment = now()
        if promotion.archived_at:
            return "Archived"
        if promotion.ends_at and promotion.ends_at <= moment:
            return "Over"
        if promotion.usage_limit is not None and promotion.uses >= promotion.usage_limit:
            return "Used up"
        return "Planned" if promotion.starts_at and promotion.starts_at > moment else "Running"

    @column("Used", ordering="uses")
    def used(self, promotion: Promotion) -> str:
        """Show the uses of those that are counted."""
        return "not counted" if promotion.usage_limit is None else f"{promotion.uses} of {promotion.usage_limit}"

    def save_model(self, request: HttpRequest, obj: Promotion, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service."""
        save_promotion(promotion=obj)

    @action(description="Archive")
    def archive(self, request: HttpRequest, queryset: QuerySet[Promotion]) -> None:
        """Put the chosen promotions away."""
        for promotion in list(queryset):
            try:
                archive_promotion(promotion_id=promotion.pk, now=now())
            except DomainError as error:
                messages.error(request, error.message)
            else:
                messages.success(request, f"{promotion} is archived.")
