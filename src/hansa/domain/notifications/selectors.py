"""Reads of notifications."""

from uuid import UUID

from django.db.models import Q, QuerySet

from hansa.domain.accounts.models import Customer
from hansa.domain.notifications.models import LetterText, Notification
from hansa.domain.notifications.texts import BUILT_IN, PARTS, Texts
from hansa.domain.notifications.types import Language
from hansa.domain.orders.models import Order
from hansa.domain.tenants.selectors import get_language
from hansa.kernel.transactions import reading


def letters_about(order_id: UUID) -> QuerySet[Notification]:
    """Return what was written about an order."""
    return Notification.objects.filter(Q(object_id=order_id) | Q(content__order_id=str(order_id)))


def is_of_erased_buyer(notification_id: UUID) -> bool:
    """Tell whether it is about an order whose buyer had themselves forgotten."""
    row = Notification.objects.filter(pk=notification_id).values_list("object_id", "content__order_id").first()
    orders = Order.objects.filter(pk__in=[one for one in row or () if one])
    return Customer.objects.filter(pk__in=orders.values("customer_id")).exclude(erased_at=None).exists()


def language_of_shop() -> Language:
    """Return the language that the current tenant writes in."""
    with reading():
        return Language(get_language())


def get_texts(kind: str, language: Language) -> Texts:
    """Return what letters of this kind say: the merchant's words, else what is built in."""
    with reading():
        own = LetterText.objects.filter(kind=kind, language=language).values(*PARTS).first()
    return Texts(**own) if own else BUILT_IN[kind, language]
