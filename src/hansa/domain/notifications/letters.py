"""What is written: one function per kind of notification, which reads what it needs and says it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from hansa.domain.notifications.account_letters import account_facts
from hansa.domain.notifications.account_texts import LABELS as ACCOUNT_LABELS
from hansa.domain.notifications.account_texts import WITH_CODE
from hansa.domain.notifications.compose import LetterFacts, compose
from hansa.domain.notifications.models import Kind, Notification
from hansa.domain.notifications.order_facts import facts_of_order
from hansa.domain.notifications.selectors import get_texts, language_of_order, language_of_shop
from hansa.domain.notifications.texts import PLACEHOLDERS
from hansa.domain.notifications.types import Letter, Texts
from hansa.domain.orders.selectors import get_order_document
from hansa.domain.staff.selectors import get_invitation
from hansa.domain.staff.types import INVITATION_DAYS
from hansa.domain.tenants.selectors import get_shop_address
from hansa.kernel.languages import Language
from hansa.kernel.money import Money
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.tokens import make_token
from hansa.kernel.transactions import reading


def write(notification: Notification) -> Letter:
    """Write the letter of a notification of any kind but those about accounts; the buyer's in their language."""
    content: Mapping[str, Any] = notification.content or {}
    if notification.kind == Kind.TEST:
        language = Language(content["language"])
        return sample(content["kind"], language, get_texts(content["kind"], language))
    about_order = content.get("order_id") or (notification.kind == Kind.ORDER_CONFIRMATION and notification.object_id)
    language = language_of_order(UUID(str(about_order))) if about_order else language_of_shop()
    with reading():
        facts = FACTS[Kind(notification.kind)](notification.object_id, content, language)
    return compose(get_texts(notification.kind, language), facts, language)


def sample(kind: str, language: Language, texts: Texts) -> Letter:
    """Write a letter about an order, or whatever it is about, that nobody has made."""
    if kind in ACCOUNT_LABELS:
        return compose(texts, account_facts(kind, "K7M4PX" if kind in WITH_CODE else ""), language)
    values = {**PLACEHOLDERS[kind], "shop": get_current_tenant().name}
    with reading():
        facts = LetterFacts(values, link=get_shop_address(), shop_link=get_shop_address())
    if kind in {Kind.ORDER_CONFIRMATION, Kind.ORDER_SHIPPED}:
        facts = LetterFacts(values, facts.link, facts.shop_link, facts_of_order(_SAMPLE_ORDER, language))
    return compose(texts, facts, language)


def sample_of_order(kind: str, language: Language, texts: Texts, order_id: UUID) -> Letter:
    """Write a letter about an order as if it happened to all of it; its link opens the shop, not the order.

    A kind that is about no order is written as `sample` does. Raises OrderNotFound.
    """
    if kind not in ABOUT_ORDERS:
        return sample(kind, language, texts)
    with reading():
        total = get_order_document(order_id)["totals"]["total"]["amount"]
        parcel = {name: PLACEHOLDERS[Kind.ORDER_SHIPPED][name] for name in ("carrier", "tracking")}
        content = {"order_id": str(order_id), "amount": total, **parcel}
        facts = FACTS[Kind(kind)](order_id, content, language)
    return compose(texts, replace(facts, link=facts.shop_link), language)


def order_confirmation(order_id: UUID, content: Mapping[str, Any], language: Language) -> LetterFacts:  # noqa: ARG001
    """Tell the buyer what they bought, what it costs, and where to look at it."""
    order = get_order_document(order_id)
    total = _shown(order["totals"]["total"], language)
    return _about_order(order, {"total": total}, facts_of_order(order, language))


def order_shipped(_: UUID, content: Mapping[str, Any], language: Language) -> LetterFacts:
    """Tell the buyer that the goods are on their way, and by whom."""
    order = get_order_document(UUID(content["order_id"]))
    order["tracking"] = content.get("tracking", "")
    order["carrier"] = content.get("carrier", "")
    values = {"carrier": order["carrier"], "tracking": order["tracking"]}
    return _about_order(order, values, facts_of_order(order, language))


def refund(_: UUID, content: Mapping[str, Any], language: Language) -> LetterFacts:
    """Tell the buyer what goes back to them."""
    order = get_order_document(UUID(content["order_id"]))
    amount = Money(content["amount"], order["currency"]).display(language)
    return _about_order(order, {"amount": amount}, {})


def staff_invitation(invitation_id: UUID, content: Mapping[str, Any], language: Language) -> LetterFacts:  # noqa: ARG001
    """Tell somebody who invites them to the back office."""
    invitation = get_invitation(invitation_id)
    shop, address = get_current_tenant().name, get_shop_address()
    by = str(invitation.invited_by) if invitation.invited_by else shop
    link = f"{address}/admin/invitation/{invitation_id}/{make_token('invitation', invitation_id)}/"
    return LetterFacts({"shop": shop, "by": by, "days": str(INVITATION_DAYS)}, link, address)


def import_done(run_id: UUID, content: Mapping[str, Any], language: Language) -> LetterFacts:  # noqa: ARG001
    """Tell whoever asked for an import what came of it."""
    address = get_shop_address()
    values = {name: str(content.get(name, "")) for name in ("file", "created", "updated", "failed")}
    link = f"{address}/admin/imports/importrun/{run_id}/change/"
    return LetterFacts({"shop": get_current_tenant().name, **values}, link, address)


ABOUT_ORDERS = frozenset({Kind.ORDER_CONFIRMATION.value, Kind.ORDER_SHIPPED.value, Kind.REFUND.value})
FACTS: Mapping[Kind, Callable[[UUID, Mapping[str, Any], Language], LetterFacts]] = {
    Kind.ORDER_CONFIRMATION: order_confirmation,
    Kind.ORDER_SHIPPED: order_shipped,
    Kind.REFUND: refund,
    Kind.STAFF_INVITATION: staff_invitation,
    Kind.IMPORT_DONE: import_done,
}


def _about_order(order: Mapping[str, Any], values: Mapping[str, str], blocks: Mapping[str, Any]) -> LetterFacts:
    address = get_shop_address()
    named = order["shipping_address"] or order["billing_address"] or {}
    every = {"shop": get_current_tenant().name, "number": order["number"], "name": named.get("first_name", "")}
    link = f"{address}/orders/{order['id']}?token={make_token('order', UUID(order['id']))}"
    return LetterFacts({**every, **values}, link, address, blocks)


def _shown(money: Mapping[str, Any], language: Language) -> str:
    return Money(money["amount"], money["currency"]).display(language)


def _euros(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "EUR"}


_ADA = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 High Street",
    "postal_code": "10115",
    "city": "Berlin",
    "country": "DE",
}
_SAMPLE_ORDER: dict[str, Any] = {
    "number": "1042",
    "currency": "EUR",
    "carrier": "DHL",
    "tracking": "00340434161094",
    "shipping_address": _ADA,
    "billing_address": _ADA,
    "shipping_method": {"name": "Standard"},
    "prices_include_tax": True,
    "totals": {
        "subtotal": _euros(4500),
        "discount": _euros(450),
        "shipping": _euros(490),
        "tax": _euros(724),
        "total": _euros(4540),
    },
    "lines": [
        {
            "quantity": 2,
            "name": "Mug",
            "options": {"Colour": "Blue"},
            "sku": "MUG-B",
            "unit_price": _euros(1000),
            "subtotal": _euros(2000),
        },
        {
            "quantity": 1,
            "name": "Bowl",
            "options": {},
            "sku": "BOWL",
            "unit_price": _euros(2500),
            "subtotal": _euros(2500),
        },
    ],
}
