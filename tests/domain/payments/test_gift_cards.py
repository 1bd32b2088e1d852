from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError
from django.db.models import Sum

from hansa.domain.payments.errors import InvalidGiftCard, TooManyGiftCards
from hansa.domain.payments.models import GiftCard, GiftCardEntry, LedgerEntry
from hansa.domain.payments.selectors import balance, find_gift_card
from hansa.domain.payments.services.issue_gift_card import issue_gift_card
from hansa.domain.payments.services.redeem_gift_cards import redeem_gift_cards
from hansa.domain.payments.services.return_gift_cards import return_gift_cards
from hansa.domain.payments.types import IssuedGiftCard
from hansa.kernel.ids import uuid7
from hansa.kernel.money import UnknownCurrency
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.payments.world import at_once, ledger
from tests.worlds import NOON, entered


def redeem(
    *cards: IssuedGiftCard, most: int, reference: UUID | None = None, currency: str = "EUR"
) -> list[tuple[UUID, int]]:
    with transaction():
        return redeem_gift_cards(
            reference=reference or uuid7(), codes=[card.code for card in cards], most=most, currency=currency, now=NOON
        )


def left(card: IssuedGiftCard) -> int:
    """Return the card's balance, which must be the sum of its entries and of the shop's ledger."""
    with transaction():
        stored = GiftCard.objects.get(pk=card.id)
        entries = GiftCardEntry.objects.filter(gift_card_id=card.id).aggregate(total=Sum("amount"))["total"]
        owed = LedgerEntry.objects.filter(credit="gift_cards", source=str(card.id)).aggregate(total=Sum("amount"))
        paid = LedgerEntry.objects.filter(debit="gift_cards", source=str(card.id)).aggregate(total=Sum("amount"))
    assert stored.balance == entries == (owed["total"] or 0) - (paid["total"] or 0)
    return stored.balance


def issue(amount: int = 1000, **fields: object) -> IssuedGiftCard:
    return issue_gift_card(**({"amount": amount, "currency": "EUR", "now": NOON} | fields))  # type: ignore[arg-type]


def test_a_gift_card_pays_and_keeps_the_rest(shop: TenantContext) -> None:
    reference = uuid7()
    with tenant_scope(shop):
        card = issue(1000)
        assert redeem(card, most=700, reference=reference) == [(card.id, 700)]
        assert left(card) == 300
        assert ledger(reference) == [("gift_card", "gift_cards", "customer", 700)]
        with transaction():
            stands = balance(reference)
    assert stands is not None
    assert stands.gift_cards == 700


def test_several_cards_pay_in_the_order_of_their_ids_up_to_what_is_needed(shop: TenantContext) -> None:
    with tenant_scope(shop):
        cards = [issue(400), issue(400), issue(400)]
        assert redeem(*reversed(cards), most=700) == [(cards[0].id, 400), (cards[1].id, 300)]
        assert [left(card) for card in cards] == [0, 100, 400]


def test_a_code_works_however_it_is_written(shop: TenantContext) -> None:
    with tenant_scope(shop):
        card = issue(1000)
        assert redeem(IssuedGiftCard(card.id, f" {card.code.lower().replace('-', ' ')} ", 0, "EUR"), most=1)
        with transaction():
            found = find_gift_card(code=card.code, now=NOON)
            assert found is not None
            assert (found.id, found.balance, found.last_characters) == (card.id, 999, card.code[-4:])
            assert not GiftCard.objects.filter(code_fingerprint__contains=card.code.replace("-", "")).exists()


def test_unknown_expired_empty_foreign_and_switched_off_cards_give_nothing(
    shop: TenantContext, rival: TenantContext
) -> None:
    with tenant_scope(rival):
        foreign = issue()
    with tenant_scope(shop):
        expired = issue(expires_at=NOON + timedelta(seconds=1))
        dollars = issue(currency="USD")
        off = issue()
        with transaction():
            GiftCard.objects.filter(pk=off.id).update(is_active=False)
            GiftCard.objects.filter(pk=expired.id).update(expires_at=NOON)
        unknown = IssuedGiftCard(uuid7(), "AAAA-AAAA-AAAA-AAAA", 1, "EUR")
        assert redeem(foreign, expired, dollars, off, unknown, most=5000) == []
        with transaction():
            codes = [card.code for card in (foreign, expired, off, unknown)]
            assert [find_gift_card(code=code, now=NOON) for code in codes] == [None] * 4
    with tenant_scope(rival):
        assert left(foreign) == 1000


@pytest.mark.parametrize("round_number", range(3))
def test_fifty_tabs_at_once_spend_exactly_what_is_there(shop: TenantContext, round_number: int) -> None:
    most = 70 + round_number
    with tenant_scope(shop):
        cards = [issue(500), issue(500)]
    results = at_once(shop, [lambda: redeem(*cards, most=most) for _ in range(50)])
    assert [result for result in results if isinstance(result, Exception)] == []
    spent = sum(amount for result in results if isinstance(result, list) for _, amount in result)
    assert spent == 1000
    with tenant_scope(shop):
        assert [left(card) for card in cards] == [0, 0]


def test_what_was_redeemed_comes_back_once(shop: TenantContext) -> None:
    reference = uuid7()
    with tenant_scope(shop):
        cards = [issue(400), issue(400)]
        redeem(*cards, most=700, reference=reference)

    def give_back() -> None:
        with transaction():
            return_gift_cards(reference=reference, now=NOON)

    assert at_once(shop, [give_back] * 10) == [None] * 10
    with tenant_scope(shop):
        give_back()
        assert [left(card) for card in cards] == [400, 400]
        with transaction():
            stands = balance(reference)
    assert stands is not None
    assert (stands.gift_cards, stands.paid) == (0, 0)


def test_returning_and_redeeming_race_without_deadlock(shop: TenantContext) -> None:
    references = [uuid7() for _ in range(10)]
    with tenant_scope(shop):
        cards = [issue(1000), issue(1000)]
        for reference in references:
            redeem(*cards, most=100, reference=reference)

    def give_back(reference: UUID) -> None:
        with transaction():
            return_gift_cards(reference=reference, now=NOON)

    calls: list[Callable[[], object]] = [partial(give_back, reference) for reference in references]
    calls += [lambda: redeem(*reversed(cards), most=150)] * 10
    results: list[Any] = at_once(shop, calls)
    assert [result for result in results if isinstance(result, Exception)] == []
    taken = sum(amount for uses in results if uses for _, amount in uses)
    assert 1000 <= taken <= 1500, "who comes before a card is given back finds less on it"
    with tenant_scope(shop):
        assert sum(left(card) for card in cards) == 2000 - taken


def test_one_reference_redeems_a_card_once(shop: TenantContext) -> None:
    reference = uuid7()
    with tenant_scope(shop):
        card = issue(1000)
        redeem(card, most=100, reference=reference)
        with pytest.raises(IntegrityError):
            redeem(card, most=100, reference=reference)
        assert left(card) == 900


def test_no_money_no_codes_no_statement(shop: TenantContext) -> None:
    with entered(shop):
        assert redeem_gift_cards(reference=uuid7(), codes=[], most=100, currency="EUR", now=NOON) == []
        assert redeem_gift_cards(reference=uuid7(), codes=["A"], most=0, currency="EUR", now=NOON) == []
        with pytest.raises(TooManyGiftCards):
            redeem_gift_cards(reference=uuid7(), codes=[f"C{n}" for n in range(11)], most=1, currency="EUR", now=NOON)


def test_a_gift_card_of_nothing_is_not_issued(shop: TenantContext) -> None:
    with tenant_scope(shop):
        for amount in (0, -1, 10**13):
            with pytest.raises(InvalidGiftCard):
                issue(amount)
        with pytest.raises(InvalidGiftCard):
            issue(expires_at=NOON)
        with pytest.raises(UnknownCurrency):
            issue(currency="XXX")
