"""What a letter shows of an order, in the words of its language."""

from collections.abc import Mapping
from typing import Any

from babel import Locale

from hansa.domain.notifications.texts import LABELS
from hansa.kernel.languages import Language
from hansa.kernel.money import Money


def facts_of_order(order: Mapping[str, Any], language: Language) -> dict[str, Any]:
    """Return the lines, the totals and the addresses of an order document."""
    words = LABELS[language]
    tax = order["totals"]["tax"]
    has_tax_inside = tax["amount"] and order["prices_include_tax"]
    method = (order["shipping_method"] or {}).get("name", "")
    return {
        "number": order["number"],
        "lines": [_line(line, language) for line in order["lines"]],
        "totals": _totals(order, language),
        "total": _shown(order["totals"]["total"], language),
        "tax": words["including"].format(tax=_shown(tax, language)) if has_tax_inside else "",
        "shipping_address": _address(order["shipping_address"], language),
        "billing_address": _address(order["billing_address"], language),
        "is_one_address": order["billing_address"] == order["shipping_address"],
        "shipping_method": words["by"].format(method=method) if method else "",
        "pickup_point": _pickup_point(order),
        "carrier": order.get("carrier", ""),
        "tracking": order.get("tracking", ""),
    }


def _line(line: Mapping[str, Any], language: Language) -> dict[str, Any]:
    each = LABELS[language]["each"].format(price=_shown(line["unit_price"], language))
    return {
        "quantity": line["quantity"],
        "name": line["name"],
        "options": ", ".join(f"{name}: {value}" for name, value in line["options"].items()),
        "each": each if line["quantity"] > 1 else "",
        "amount": _shown(line["subtotal"], language),
    }


def _totals(order: Mapping[str, Any], language: Language) -> list[tuple[str, str]]:
    """Return the rows above the total; what is nothing is left out, but for shipping."""
    totals, words = order["totals"], LABELS[language]
    rows = [(words["subtotal"], _shown(totals["subtotal"], language))]
    if totals["discount"]["amount"]:
        rows.append((words["discount"], f"−{_shown(totals['discount'], language)}"))
    if order["shipping_method"]:
        shipping = totals["shipping"]
        rows.append((words["shipping"], _shown(shipping, language) if shipping["amount"] else words["free"]))
    if totals["tax"]["amount"] and not order["prices_include_tax"]:
        rows.append((words["tax"], _shown(totals["tax"], language)))
    return rows


def _address(address: Mapping[str, str] | None, language: Language) -> list[str]:
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
        Locale(language).territories.get(country, country),
    ]
    return [line.strip() for line in lines if line.strip()]


def _pickup_point(order: Mapping[str, Any]) -> list[str]:
    point = (order["shipping_method"] or {}).get("pickup_point") or {}
    return [point[part] for part in ("name", "address", "opening_hours") if point.get(part)]


def _shown(money: Mapping[str, Any], language: Language) -> str:
    return Money(money["amount"], money["currency"]).display(language)
