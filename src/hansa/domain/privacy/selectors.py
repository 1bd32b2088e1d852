"""Everything that the shop knows of a person."""

import json
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession

from hansa.domain.accounts.selectors import get_profile, list_addresses
from hansa.domain.accounts.types import Person
from hansa.domain.carts.selectors import list_carts, list_wishes
from hansa.domain.notifications.models import Notification
from hansa.domain.orders.selectors import get_own_order_json, list_own_orders
from hansa.kernel.transactions import transaction

_PAGE = 100


def export_person(person: Person) -> dict[str, Any]:
    """Return it as JSON can say it: to read, and to take along (GDPR, articles 15 and 20)."""
    with transaction():
        profile = get_profile(person.customer_id)
        return {
            "profile": {
                "id": profile.pk,
                "email": profile.email,
                "name": profile.name,
                "phone": profile.phone,
                "language": profile.language or None,
                "tax_id": profile.tax_id,
                "group": profile.group.name if profile.group else None,
                "created_at": profile.created_at.isoformat(),
            },
            "addresses": [
                {"id": address.pk, "is_default": address.is_default, **address.parts}
                for address in list_addresses(person.customer_id)
            ],
            "orders": _orders(person),
            "carts": list_carts(person.customer_id),
            "wishlist": list_wishes(person.customer_id),
            "letters": [
                {"kind": kind, "sent_at": sent_at.isoformat() if sent_at else None}
                for kind, sent_at in Notification.objects.filter(recipient__iexact=person.email).values_list(
                    "kind", "sent_at"
                )
            ],
            "logins": _logins(person),
        }


def _orders(person: Person) -> list[dict[str, Any]]:
    orders: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        page = list_own_orders(customer_id=person.customer_id, email=person.email, limit=_PAGE, cursor=cursor)
        for one in page.documents:
            document = get_own_order_json(one["id"], customer_id=person.customer_id, email=person.email)
            orders.append(json.loads(document))
        cursor = page.next_cursor
        if cursor is None:
            return orders


def _logins(person: Person) -> dict[str, Any]:
    sessions = UserSession.objects.filter(user_id=person.user_id)
    factors = Authenticator.objects.filter(user_id=person.user_id)
    providers = SocialAccount.objects.filter(user_id=person.user_id)
    return {
        "sessions": [
            {"address": one.ip, "browser": one.user_agent, "since": one.created_at.isoformat()} for one in sessions
        ],
        "second_factors": [{"kind": one.type, "since": one.created_at.isoformat()} for one in factors],
        "single_sign_on": [{"provider": one.provider, "id": one.uid} for one in providers],
    }
