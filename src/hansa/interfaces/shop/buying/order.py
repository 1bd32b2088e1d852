"""An order, ready for the template: its state in words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hansa.domain.accounts.address import countries
from hansa.interfaces.shop.buying.money import Named, Price, price_of

_STATUS = {
    "pending_payment": ("Waiting for the payment", "Your things are set aside for you meanwhile."),
    "paid": ("Paid", "We have your payment and are getting everything ready to send."),
    "partially_fulfilled": ("Partly sent", "A part of it is on its way; the rest follows."),
    "fulfilled": ("Sent", "Everything is on its way to you."),
    "completed": ("Completed", "Everything has arrived. We hope that you like it."),
    "payment_failed": ("Not paid", "The payment did not go through, and nothing was charged."),
    "cancelled": ("Cancelled", "This order was cancelled. What you paid, if anything, goes back the way it came."),
    "partially_refunded": ("Partly refunded", "A part of the money is on its way back to you."),
    "refunded": ("Refunded", "The money is on its way back to you."),
}
_PAYMENT = {
    "created": "We are waiting for the answer of the payment service.",
    "pending": "The payment is not confirmed yet.",
    "declined": "The payment was declined. Nothing was charged.",
    "authorised": "The amount is held for us and will be charged when we send your things.",
    "voided": "The payment was cancelled. Nothing was charged.",
    "captured": "Paid.",
    "not_needed": "Nothing was left to pay.",
}
_PROVIDERS = {"manual": "Test payment", "stripe": "Card"}
_FINE = frozenset({"paid", "partially_fulfilled", "fulfilled", "completed"})


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened to the order."""

    message: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Everything the order's page shows."""

    document: dict[str, Any]
    heading: str
    explanation: str
    reductions: list[Named]
    payment: str
    payment_name: str
    timeline: list[Moment]
    shipping_address: list[str]
    billing_address: list[str]
    former_payment: Price
    """What was paid with gift cards."""
    continue_address: str
    """Where the visitor goes on paying; empty when there is nothing to do."""

    @property
    def is_pending(self) -> bool:
        """Nobody knows yet whether it is paid."""
        return str(self.document["status"]) == "pending_payment"

    @property
    def is_fine(self) -> bool:
        """It is paid, and nothing went back."""
        return self.document["status"] in _FINE

    @property
    def can_be_tried_again(self) -> bool:
        """It came to nothing, and its cart can be used again."""
        return str(self.document["status"]) == "payment_failed"

    @property
    def placed_at(self) -> datetime:
        """When it was placed."""
        return datetime.fromisoformat(self.document["placed_at"])


@dataclass(frozen=True, slots=True)
class OrderRow:
    """An order in a list."""

    id: str
    number: str
    status: str
    placed_at: datetime
    total: dict[str, Any]
    image: dict[str, Any] | None
    line_count: int


def build_order_page(document: dict[str, Any]) -> OrderPage:
    """Put the order into words."""
    heading, explanation = _STATUS.get(document["status"], (document["status"].capitalize(), ""))
    payment = document["payment"]
    action = payment["next_action"] or {}
    is_waiting = document["status"] == "pending_payment" and payment["status"] in {"created", "pending"}
    address = str(action.get("url", "")) if is_waiting else ""
    by_cards = document["totals"]["total"]["amount"] - payment["amount"]["amount"]
    return OrderPage(
        document=document,
        heading=heading,
        explanation=explanation,
        reductions=_reductions(document),
        payment=_PAYMENT.get(payment["status"], payment["status"]),
        payment_name=_PROVIDERS.get(payment["provider"] or "", payment["provider"] or ""),
        timeline=_timeline(document),
        shipping_address=address_lines(document["shipping_address"]),
        billing_address=address_lines(document["billing_address"]),
        former_payment=price_of(by_cards, document["currency"]),
        continue_address=address if address.startswith(("/", "https://")) else "",
    )


def _reductions(document: dict[str, Any]) -> list[Named]:
    sums: dict[str, int] = {}
    for applied in document["explanation"]:
        if applied["scope"] == "line":
            label = f"{applied['rule']} ({applied['code']})" if applied["code"] else applied["rule"]
            sums[label] = sums.get(label, 0) + applied["amount"]["amount"]
    return [Named(label, price_of(amount, document["currency"])) for label, amount in sums.items()]


def _timeline(document: dict[str, Any]) -> list[Moment]:
    """Return what changed the order's state, latest first; what staff note for each other is left out."""
    return [
        Moment(
            entry["message"] or _STATUS.get(entry["status"], (entry["status"], ""))[0],
            datetime.fromisoformat(entry["created_at"]),
        )
        for entry in reversed(document["timeline"])
        if entry["status"]
    ]


def build_order_rows(documents: list[dict[str, Any]]) -> list[OrderRow]:
    """Put the orders of a list into words."""
    return [
        OrderRow(
            id=document["id"],
            number=document["number"],
            status=_STATUS.get(document["status"], (document["status"].capitalize(), ""))[0],
            placed_at=datetime.fromisoformat(document["placed_at"]),
            total=document["total"],
            image=document["image"],
            line_count=document["line_count"],
        )
        for document in documents
    ]


def address_lines(address: dict[str, Any] | None) -> list[str]:
    """Return the lines of an address, as they stand on a letter."""
    if not address:
        return []
    lines = [
        f"{address['first_name']} {address['last_name']}",
        address["company"],
        address["line1"],
        address["line2"],
        f"{address['postal_code']} {address['city']}".strip(),
        address["region"],
        countries().get(address["country"], address["country"]),
        address["phone"],
    ]
    return [line for line in lines if line]
