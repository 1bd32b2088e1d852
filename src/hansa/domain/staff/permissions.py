"""Django's permissions, answered from capabilities: what nobody put into the table is refused.

The back office asks Django, `catalog.change_product`; Django asks its backends. django-guardian's rows
narrow the answer for one object: somebody limited to the warehouse in Hamburg has `stock.edit`, but for
Hamburg only.
"""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import BaseBackend

from hansa.domain.accounts.models import User
from hansa.domain.staff.selectors import get_authority
from hansa.domain.staff.types import Authority

_AREA_OF_APP = {
    "catalog": "catalog",
    "inventory": "stock",
    "pricing": "settings",
    "fulfilment": "settings",
    "orders": "orders",
    "payments": "orders",
    "notifications": "orders",
    "imports": "imports",
    "exports": "exports",
    "staff": "staff",
    "audit": "audit",
    "webhooks": "webhooks",
    "events": "events",
}
_AREA_OF_MODEL = {
    "inventory.warehouse": "settings",
    "pricing.pricelist": "prices",
    "pricing.pricelistitem": "prices",
    "pricing.promotion": "prices",
    "payments.giftcard": "gift_cards",
    "payments.giftcardentry": "gift_cards",
    "accounts.customer": "customers",
    "accounts.customergroup": "customers",
    "accounts.user": "staff",
    "exports.feed": "settings",
    "staff.apikey": "api_keys",
    "notifications.lettertext": "settings",
}
_EDIT = {"imports": "imports.run", "exports": "exports.run"}
_OF_ALL_CATEGORIES = {f"catalog.{action}_attribute" for action in ("add", "change", "delete")}
"""Attributes belong to products everywhere: who is limited to some categories only looks at them."""


class StaffBackend(BaseBackend):
    """Says what staff may do. It lets nobody in: that is the work of the other backend."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:  # noqa: ANN401  (Django's signature)
        """Tell whether one of the person's roles allows `app.action_model`, and for this object, when there is one."""
        if not isinstance(user_obj, User) or not user_obj.is_active or not user_obj.is_staff:
            return False
        capability = capability_of(perm)
        authority = authority_of(user_obj)
        if authority.limits.categories is not None and perm in _OF_ALL_CATEGORIES:
            return False
        return capability is not None and authority.may(capability) and _is_within(authority, obj)

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:  # noqa: ANN401  (Django's signature)
        """Tell whether there is anything in this app that the person may look at."""
        if not isinstance(user_obj, User) or not user_obj.is_active or not user_obj.is_staff:
            return False
        areas = {_AREA_OF_APP.get(app_label)} | {
            area for model, area in _AREA_OF_MODEL.items() if model.startswith(f"{app_label}.")
        }
        return any(area and authority_of(user_obj).may(f"{area}.view") for area in areas)


def authority_of(user: User) -> Authority:
    """Return what the person may do, asked once for each request: each request loads its own `user`."""
    known: Authority | None = getattr(user, "_authority", None)
    if known is None:
        known = user._authority = get_authority(user.pk)  # type: ignore[attr-defined]  # noqa: SLF001  (ours)
    return known


def capability_of(permission: str) -> str | None:
    """Return the capability that stands behind Django's `app.action_model`; None: nobody may."""
    app, _, codename = permission.partition(".")
    action, _, model = codename.partition("_")
    area = _AREA_OF_MODEL.get(f"{app}.{model}") or _AREA_OF_APP.get(app)
    if area is None or action not in {"view", "add", "change", "delete"}:
        return None
    return f"{area}.view" if action == "view" else _EDIT.get(area, f"{area}.edit")


def _is_within(authority: Authority, obj: Any) -> bool:  # noqa: ANN401  (any model)
    """Tell whether the object is one of those that the person is limited to; rows of lists are narrowed by queries."""
    if obj is None or not authority.is_limited:
        return True
    warehouse_id: UUID | None = obj.pk if _is(obj, "inventory.warehouse") else getattr(obj, "warehouse_id", None)
    if warehouse_id is not None and authority.limits.warehouses is not None:
        return warehouse_id in authority.limits.warehouses
    return True


def _is(obj: Any, label: str) -> bool:  # noqa: ANN401
    return bool(obj._meta.label_lower == label)
