"""Issue a gift card."""

from datetime import datetime

from hansa.domain.payments.codes import fingerprint, make_code
from hansa.domain.payments.errors import InvalidGiftCard
from hansa.domain.payments.models import GiftCard, GiftCardEntry, LedgerEntry
from hansa.domain.payments.services.ledger import GIFT_CARD_SALES, GIFT_CARDS, enter
from hansa.domain.payments.types import IssuedGiftCard
from hansa.kernel.money import MAX_AMOUNT, exponent
from hansa.kernel.transactions import transaction


def issue_gift_card(*, amount: int, currency: str, now: datetime, expires_at: datetime | None = None) -> IssuedGiftCard:
    """Make a gift card of `amount` (minor units) and return it with its code, which we cannot show again.

    Raises InvalidGiftCard, UnknownCurrency.
    """
    exponent(currency)
    if not 0 < amount <= MAX_AMOUNT:
        message = "A gift card takes an amount above zero."
        raise InvalidGiftCard(message)
    if expires_at is not None and expires_at <= now:
        message = "A gift card that has expired already is worth nothing. Choose a later day."
        raise InvalidGiftCard(message)
    code = make_code()
    with transaction():
        card = GiftCard.objects.create(
            code_fingerprint=fingerprint(code),
            last_characters=code[-4:],
            currency=currency,
            balance=amount,
            expires_at=expires_at,
        )
        GiftCardEntry.objects.create(
            gift_card=card, kind=GiftCardEntry.Kind.ISSUE, reference=card.pk, amount=amount, created_at=now
        )
        enter(
            kind=LedgerEntry.Kind.GIFT_CARD_ISSUE,
            debit=GIFT_CARD_SALES,
            credit=GIFT_CARDS,
            reference=card.pk,
            amount=amount,
            currency=currency,
            source=str(card.pk),
            now=now,
        )
    return IssuedGiftCard(id=card.pk, code=code, balance=amount, currency=currency)
