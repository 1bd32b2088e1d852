"""What is written: one function per kind of notification, which reads what it needs and says it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string

from hansa.domain.accounts.address import countries
from hansa.domain.notifications.models import Kind
from hansa.domain.notifications.types import Letter
from hansa.domain.orders.selectors import get_order_document
from hansa.domain.staff.selectors import get_invitation
from hansa.domain.staff.types import INVITATION_DAYS
from hansa.domain.tenants.selectors import get_shop_address
from hansa.kernel.money import Money
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.tokens import make_token
from hansa.kernel.transactions import transaction


def order_confirmation(order_id: UUID) -> Letter:
    """Write to the buyer what they bought, what it costs, and where to look at it."""
    with transaction():
        order = get_order_document(order_id)
        address = get_shop_address()
    shop = get_current_tenant().name
    context = {
        "shop": shop,
        "number": order["number"],
        "name": _first_name(order),
        "lines": [_line(line) for line in order["lines"]],
        "totals": list(_totals(order)),
        "total": _shown(order["totals"]["total"]),
        "tax": _tax(order),
        "shipping_address": _address(order["shipping_address"]),
        "billing_address": _address(order["billing_address"]),
        "is_one_address": order["billing_address"] == order["shipping_address"],
        "shipping_method": (order["shipping_method"] or {}).get("name", ""),
        "pickup_point": _pickup_point(order),
        "link": f"{address}/orders/{order_id}?token={make_token('order', order_id)}",
        "shop_link": address,
    }
    return Letter(
        subject=f"Your order {order['number']} at {shop}",
        text=render_to_string("notifications/order_confirmation.txt", context),
        html=render_to_string("notifications/order_confirmation.html", context),
    )


def staff_invitation(invitation_id: UUID) -> Letter:
    """Write to somebody who is invited to work in the shop's back office."""
    with transaction():
        invitation = get_invitation(invitation_id)
        by = invitation.invited_by
        address = get_shop_address()
    shop = get_current_tenant().name
    context = {
        "shop": shop,
        "by": str(by) if by else shop,
        "days": INVITATION_DAYS,
        "link": f"{address}/admin/invitation/{invitation_id}/{make_token('invitation', invitation_id)}/",
    }
    return Letter(
        subject=f"You are invited to work at {shop}",
        text=render_to_string("notifications/staff_invitation.txt", context),
        html=render_to_string("notifications/staff_invitation.html", context),
    )


def _first_name(order: Mapping[str, Any]) -> str:
    address = order["shipping_address"] or order["billing_address"] or {}
    return str(address.get("first_name", ""))


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "quantity": line["quantity"],
        "name": line["name"],
        "options": ", ".join(f"{name}: {value}" for name, value in line["options"].items()),
        "sku": line["sku"],
        "unit_price": _shown(line["unit_price"]),
        "amount": _shown(line["subtotal"]),
        "is_several": line["quantity"] > 1,
    }


def _totals(order: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the rows above the total; what is nothing is left out, but for shipping."""
    totals = order["totals"]
    rows = [("Subtotal", _shown(totals["subtotal"]))]
    if totals["discount"]["amount"]:
        rows.append(("Discount", f"−{_shown(totals['discount'])}"))
    if order["shipping_method"]:
        rows.append(("Shipping", _shown(totals["shipping"]) if totals["shipping"]["amount"] else "free"))
    if totals["tax"]["amount"] and not order["prices_include_tax"]:
        rows.append(("Tax", _shown(totals["tax"])))
    return rows


def _tax(order: Mapping[str, Any]) -> str:
    """Return the tax inside the total, if it is inside."""
    tax = order["totals"]["tax"]
    return _shown(tax) if tax["amount"] and order["prices_include_tax"] else ""


def _address(address: Mapping[str, str] | None) -> list[str]:
    if address is None:
        return []
    country = address.get("country", "")
    lines = [
        f"{address.get('first_name', '')} {address.get('last_name', '')}",
        address.get("company", ""),
        address.get("line1", ""),
        address.get("line2", ""),
        f"{address.get('postal_code', '')} {address.get('city', '')}",
        address.get("region", ""),
        countries().get(country, country),
    ]
    return [line.strip() for line in lines if line.strip()]


def _pickup_point(order: Mapping[str, Any]) -> list[str]:
    point = (order["shipping_method"] or {}).get("pickup_point") or {}
    return [point[part] for part in ("name", "address", "opening_hours") if point.get(part)]


def _shown(money: Mapping[str, Any]) -> str:
    return Money(money["amount"], money["currency"]).display("en")


LETTERS: Mapping[Kind, Callable[[UUID], Letter]] = {
    Kind.ORDER_CONFIRMATION: order_confirmation,
    Kind.STAFF_INVITATION: staff_invitation,
}
