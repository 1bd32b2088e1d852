"""Reads of notifications."""

from uuid import UUID

from django.db.models import Q, QuerySet

from hansa.domain.accounts.models import Customer
from hansa.domain.notifications.models import LetterText, Notification
from hansa.domain.notifications.texts import BUILT_IN, PARTS
from hansa.domain.notifications.types import Texts
from hansa.domain.orders.selectors import get_buyer_of
from hansa.domain.tenants.selectors import get_language
from hansa.kernel.languages import Language
from hansa.kernel.transactions import reading


def letters_about(order_id: UUID) -> QuerySet[Notification]:
    """Return what was written about an order."""
    return Notification.objects.filter(Q(object_id=order_id) | Q(content__order_id=str(order_id)))


def language_of_shop() -> Language:
    """Return the language that the current tenant writes in."""
    with reading():
        return Language(get_language())


def choose_language(*kept: str) -> Language:
    """Return the first of these in which letters are written, else the shop's own."""
    known = (Language(one) for one in kept if one in set(Language))
    return next(known, None) or language_of_shop()


def language_of_order(order_id: UUID) -> Language:
    """Return the language that the buyer is written to in: their order's, the customer's, else the shop's."""
    with reading():
        asked, customer_id = get_buyer_of(order_id)
        kept = Customer.objects.filter(pk=customer_id).values_list("language", flat=True).first() if customer_id else ""
    return choose_language(asked, kept or "")


def get_texts(kind: str, language: Language) -> Texts:
    """Return what letters of this kind say: the merchant's words, else what is built in."""
    with reading():
        own = LetterText.objects.filter(kind=kind, language=language).values(*PARTS).first()
    return Texts(**own) if own else BUILT_IN[kind, language]
