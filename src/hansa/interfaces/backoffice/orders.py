"""Orders in the back office."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin import DateFieldListFilter, register
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from hansa.domain.accounts.address import countries
from hansa.domain.checkout.services.cancel_order import cancel_order
from hansa.domain.checkout.services.capture_order import capture_order, find_held, void_order
from hansa.domain.checkout.services.refund_order import refund_order, refundable
from hansa.domain.notifications.selectors import letters_about
from hansa.domain.orders.models import TRANSITIONS, Order, Status
from hansa.domain.payments.selectors import balance, list_payments, list_refunds
from hansa.domain.payments.types import RefundView
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.interfaces.backoffice.trade_fields import shown_amount
from hansa.kernel.ids import uuid7
from hansa.kernel.money import InvalidAmount, Money, parse_amount

COLOURS = {
    "Waiting for payment": "warning",
    "Paid": "success",
    "Partially sent": "info",
    "Sent": "info",
    "Completed": "primary",
    "Payment failed": "danger",
    "Cancelled": "danger",
    "Partially refunded": "warning",
    "Refunded": "warning",
}
REASONS = (
    ("requested_by_customer", "The customer asked for it"),
    ("damaged", "Damaged or defective"),
    ("not_as_described", "Not as described"),
    ("late", "Came too late, or not at all"),
    ("goodwill", "Goodwill"),
    ("other", "Another reason"),
)
_MAX_DIGITS = 15


class RefundOperation(Operation):
    """Money goes back."""

    name, title, button = "refund", "Refund", "Refund"
    capability = "orders.refund"

    amount = forms.CharField(
        label="Amount",
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason_code = forms.ChoiceField(label="Reason", choices=REASONS, widget=UnfoldAdminSelectWidget)

    @classmethod
    def is_possible(cls, item: Order) -> bool:
        """Tell whether anything is left."""
        return item.status not in {Status.PENDING_PAYMENT, Status.PAYMENT_FAILED} and refundable(item.pk).total > 0

    @classmethod
    def initial_values(cls, item: Order) -> dict[str, Any]:
        """Offer all that is left."""
        return {"amount": f"{Money(refundable(item.pk).total, item.currency).major:f}"}

    def clean_amount(self) -> int:
        """Read the amount in the order's currency."""
        return _read_amount(self.cleaned_data["amount"], self.item.currency)

    def carry_out(self, *, actor: str, now: datetime) -> str:
        """Refund through the service."""
        refunds = refund_order(
            order_id=self.item.pk,
            amount=self.cleaned_data["amount"],
            reason_code=self.cleaned_data["reason_code"],
            actor=actor,
            now=now,
        )
        return _told(f"{shown_amount(self.cleaned_data['amount'], self.item.currency)} refunded.", refunds)


class CaptureOperation(Operation):
    """Money that is held for us is taken."""

    name, title, button = "capture", "Capture the payment", "Capture"
    capability = "orders.edit"
    hint = "The provider holds it for us. Capture all of it, or a part now and the rest later: then the order is paid."

    amount = forms.CharField(
        label="Amount",
        max_length=20,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    @classmethod
    def is_possible(cls, item: Order) -> bool:
        """Tell whether something is held."""
        return find_held(item.pk) is not None

    @classmethod
    def initial_values(cls, item: Order) -> dict[str, Any]:
        """Offer all that is left, with a new key: pressed twice, it takes it once."""
        held = find_held(item.pk)
        left = f"{Money(held.left, item.currency).major:f}" if held else ""
        return {"amount": left, "key": uuid7()}

    def clean_amount(self) -> int:
        """Read the amount in the order's currency."""
        return _read_amount(self.cleaned_data["amount"], self.item.currency)

    def carry_out(self, *, actor: str, now: datetime) -> str:
        """Capture through the service."""
        amount = self.cleaned_data["amount"]
        key = self.cleaned_data["key"] or uuid7()
        is_taken = capture_order(order_id=self.item.pk, amount=amount, key=key, actor=actor, now=now)
        shown = shown_amount(amount, self.item.currency)
        if is_taken:
            return f"{shown} captured."
        return f"{shown} asked for. The payment provider has not confirmed it yet; we keep asking."


class VoidOperation(Operation):
    """Money that is held for us is let go."""

    name, title, button = "void", "Let go of the payment", "Void payment"
    capability = "orders.refund"
    hint = "What the provider holds goes back to the buyer's card. The order counts as not paid, and its stock is free."
    is_danger = True

    @classmethod
    def is_possible(cls, item: Order) -> bool:
        """Tell whether something is held, and nothing was taken of it."""
        held = find_held(item.pk)
        return held is not None and held.is_untouched

    def carry_out(self, *, actor: str, now: datetime) -> str:
        """Void through the service."""
        if void_order(order_id=self.item.pk, actor=actor, now=now):
            return "The payment is voided."
        return "The payment provider has not confirmed it yet; we keep asking."


class CancelOperation(Operation):
    """Nothing comes of it."""

    name, title, button = "cancel", "Cancel the order", "Cancel order"
    capability = "orders.refund"
    hint = "Its stock is free again, codes and gift cards are given back, and what was paid is refunded."
    is_danger = True

    reason = forms.CharField(label="Reason, for your own records", max_length=500, widget=UnfoldAdminTextInputWidget)

    @classmethod
    def is_possible(cls, item: Order) -> bool:
        """Ask the table of states."""
        return Status.CANCELLED in TRANSITIONS[Status(item.status)]

    def carry_out(self, *, actor: str, now: datetime) -> str:
        """Cancel through the service."""
        refunds = cancel_order(order_id=self.item.pk, actor=actor, reason=self.cleaned_data["reason"], now=now)
        return _told(f"Order {self.item} is cancelled.", refunds)


def _read_amount(text: str, currency: str) -> int:
    try:
        return parse_amount(text, currency)
    except InvalidAmount as error:
        raise forms.ValidationError(error.message, code=error.code) from None


def _told(done: str, refunds: list[RefundView]) -> str:
    """Add what the provider has not said yet."""
    if any(refund.status == "created" for refund in refunds):
        return f"{done} The payment provider has not confirmed it yet; we keep asking."
    if any(refund.status == "failed" for refund in refunds):
        return f"{done} But the payment provider refused a refund: see below."
    return done


@register(Order, site=backoffice)
class OrderAdmin(OperationsAdmin):
    """The orders, the newest first, and the page of each."""

    list_display = ("number_shown", "buyer", "placed_at", "state", "sum_shown")
    list_display_links = ("number_shown",)
    list_filter = ("status", ("placed_at", DateFieldListFilter))
    search_fields = ("email_key",)
    search_help_text = "Number, e-mail address or name"
    ordering = ("-number",)
    operations = (CaptureOperation, VoidOperation, RefundOperation, CancelOperation)
    page_template = "backoffice/order.html"

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002  (Django's signature)
        queryset: QuerySet[Order],
        search_term: str,
    ) -> tuple[QuerySet[Order], bool]:
        """Find by number, or by a part of the address or name."""
        term = search_term.strip().removeprefix("#").lower()[:254].replace("\x00", "")
        if not term:
            return queryset, False
        if term.isdecimal() and len(term) <= _MAX_DIGITS:
            return queryset.filter(number=int(term)), False
        if "@" in term:
            return queryset.filter(email_key__contains=term), False
        for word in term.split():
            names = queryset.filter(billing_address__first_name__icontains=word)
            queryset = (
                names
                | queryset.filter(billing_address__last_name__icontains=word)
                | queryset.filter(email_key__contains=word)
            )
        return queryset, False

    @column("Order", ordering="number")
    def number_shown(self, order: Order) -> str:
        """Show the number as people say it."""
        return str(order)

    @column("Customer", ordering="email_key")
    def buyer(self, order: Order) -> str:
        """Show the name, and the address by which orders are found."""
        address = order.billing_address or order.shipping_address or {}
        name = f"{address.get('first_name', '')} {address.get('last_name', '')}".strip()
        return f"{name} · {order.email}" if name else order.email

    @column("Status", ordering="status", label=COLOURS)
    def state(self, order: Order) -> str:
        """Show how far it is."""
        return str(order.get_status_display())

    @column("Total", ordering="total")
    def sum_shown(self, order: Order) -> str:
        """Show the total."""
        return shown_amount(order.total, order.currency)

    def page_facts(self, item: Order) -> dict[str, Any]:
        """Return everything about the order, in a fixed number of statements."""

        def shown(amount: int) -> str:
            return shown_amount(amount, item.currency)

        books = balance(item.pk)
        return {
            "title": f"Order {item}",
            "badge": COLOURS[item.get_status_display()],
            "lines": [
                {
                    "line": line,
                    "options": ", ".join(f"{name}: {value}" for name, value in line.options.items()),
                    "unit_price": shown(line.unit_price),
                    "discount": shown(line.discount) if line.discount else "",
                    "total": shown(line.subtotal - line.discount),
                }
                for line in item.lines.all()
            ],
            "totals": _totals(item),
            "total": shown(item.total),
            "books": None
            if books is None
            else [("Paid", shown(books.captured + books.gift_cards)), ("Refunded", shown(books.refunded))],
            "payments": [(payment, shown(payment.amount)) for payment in list_payments(item.pk)],
            "refunds": [
                (
                    refund,
                    shown(refund.amount),
                    dict(REASONS).get(refund.reason_code, refund.reason_code.replace("_", " ")),
                )
                for refund in list_refunds(item.pk)
            ],
            "addresses": [
                (title, rows)
                for title, rows in (
                    ("Pick-up point", _pickup_point(item)),
                    ("Delivery", _address(item.shipping_address or {})),
                    ("Billing", _address(item.billing_address or {})),
                )
                if rows
            ],
            "shipping_name": (item.shipping_method or {}).get("name", ""),
            "timeline": item.timeline.order_by("-created_at", "-id"),
            "letters": letters_about(item.pk),
        }


def _totals(order: Order) -> list[tuple[str, str]]:
    rows = [("Subtotal", order.subtotal), ("Discount", -order.discount), ("Shipping", order.shipping)]
    rows.append(("Tax (included)" if order.prices_include_tax else "Tax", order.tax))
    return [(title, shown_amount(amount, order.currency)) for title, amount in rows if amount or title == "Subtotal"]


def _pickup_point(order: Order) -> list[str]:
    point = (order.shipping_method or {}).get("pickup_point") or {}
    return [point[part] for part in ("name", "address", "opening_hours") if point.get(part)]


def _address(address: dict[str, str]) -> list[str]:
    rows = [
        f"{address.get('first_name', '')} {address.get('last_name', '')}",
        address.get("company", ""),
        address.get("line1", ""),
        address.get("line2", ""),
        f"{address.get('postal_code', '')} {address.get('city', '')}",
        address.get("region", ""),
        countries().get(address.get("country", ""), address.get("country", "")),
        address.get("phone", ""),
    ]
    return [row.strip() for row in rows if row.strip()]
