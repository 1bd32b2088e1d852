"""Baskets for tests: short to write down, and random ones."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from hansa.domain.pricing.types import (
    PPM,
    Basket,
    BasketLine,
    CustomerFacts,
    Promotion,
    PromotionConditions,
    PromotionKind,
    PromotionTier,
    ShippingChoice,
    TaxRate,
    TaxRules,
)

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
GERMAN = TaxRules(
    prices_include_tax=True,
    rates={"standard": (TaxRate("VAT 19 %", 190_000),), "reduced": (TaxRate("VAT 7 %", 70_000),)},
    default_class="standard",
)
UNTAXED = TaxRules(prices_include_tax=False)
PRODUCTS = [UUID(int=number) for number in range(1, 5)]
CATEGORIES = [UUID(int=number) for number in range(11, 14)]
GROUP = UUID(int=99)


def line(number: int, unit_price: int, quantity: int = 1, **fields: Any) -> BasketLine:
    """Return the line with this number; its product has the same one."""
    own = UUID(int=1000 + number)
    defaults: dict[str, Any] = {"variant_id": own, "product_id": UUID(int=number), "list_price": unit_price}
    return BasketLine(id=own, quantity=quantity, unit_price=unit_price, **(defaults | fields))


def basket(*lines: BasketLine, **fields: Any) -> Basket:
    """Return a basket in euros, without tax unless told otherwise."""
    defaults: dict[str, Any] = {"currency": "EUR", "tax": UNTAXED, "at": NOON}
    return Basket(lines=lines, **(defaults | fields))


def promotion(number: int, kind: PromotionKind, **fields: Any) -> Promotion:
    """Return the promotion with this number."""
    return Promotion(id=UUID(int=2000 + number), name=f"Promotion {number}", kind=kind, **fields)


def shipping(amount: int, **fields: Any) -> ShippingChoice:
    """Return a chosen shipping method at this price."""
    return ShippingChoice(method_id=UUID(int=3000), name="Standard", amount=amount, **fields)


_amounts = st.one_of(st.integers(0, 200), st.integers(0, 100_000), st.integers(0, 100_000), st.integers(0, 10**12))
_rates_ppm = st.one_of(st.sampled_from([0, 1, 70_000, 77_000, 190_000, 250_000, 333_333, PPM]), st.integers(0, PPM))


@st.composite
def lines(draw: st.DrawFn, number: int) -> BasketLine:
    """Draw a line."""
    return line(
        number,
        draw(_amounts),
        draw(st.one_of(st.integers(1, 5), st.integers(1, 9999))),
        product_id=draw(st.sampled_from(PRODUCTS)),
        category_ids=frozenset(draw(st.lists(st.sampled_from(CATEGORIES), max_size=2))),
        tax_class=draw(st.sampled_from(["", "standard", "reduced", "none"])),
        is_taxable=draw(st.booleans()),
    )


@st.composite
def tax_rules(draw: st.DrawFn) -> TaxRules:
    """Draw the taxes of a destination, often several on one class."""
    rates = st.lists(st.builds(TaxRate, st.sampled_from("AB"), _rates_ppm, st.booleans()), max_size=3).map(tuple)
    return TaxRules(
        prices_include_tax=draw(st.booleans()),
        rates={"standard": draw(rates), "reduced": draw(rates)},
        default_class="standard",
        is_exempt=draw(st.sampled_from([False, False, False, True])),
    )


@st.composite
def promotions(draw: st.DrawFn, number: int, currency: str) -> Promotion:
    """Draw a promotion; most of them hold."""
    days = st.sampled_from([None, None, None, None, None, None, NOON - timedelta(days=1), NOON + timedelta(days=1)])
    steps = st.builds(PromotionTier, _amounts, _rates_ppm, _amounts)
    return promotion(
        number,
        draw(st.sampled_from(PromotionKind)),
        code=draw(st.sampled_from(["", "", f"Code{number}"])),
        currency=draw(st.sampled_from([currency, currency, currency, "XPF"])),
        rate_ppm=draw(_rates_ppm),
        amount=draw(_amounts),
        buy_quantity=draw(st.integers(1, 3)),
        get_quantity=draw(st.integers(1, 2)),
        tiers=tuple(draw(st.lists(steps, max_size=3))),
        conditions=PromotionConditions(
            product_ids=frozenset(draw(st.sampled_from([[], [], PRODUCTS[:2], PRODUCTS[1:]]))),
            category_ids=frozenset(draw(st.sampled_from([[], [], CATEGORIES[:1]]))),
            customer_group_id=draw(st.sampled_from([None, None, GROUP])),
            is_first_order_only=draw(st.sampled_from([False, False, False, True])),
            min_subtotal=draw(st.sampled_from([0, 0, 0, 5000])),
            starts_at=draw(days),
            ends_at=draw(days),
        ),
        usage_limit=draw(st.sampled_from([None, None, 3])),
        usage_limit_per_customer=draw(st.sampled_from([None, None, 1])),
        uses=draw(st.integers(0, 3)),
        priority=draw(st.integers(0, 2)),
        is_exclusive=draw(st.sampled_from([False, False, True])),
    )


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    """Draw a basket in a currency of 0, 2 or 3 decimals."""
    currency = draw(st.sampled_from(["JPY", "EUR", "KWD"]))
    count = draw(st.one_of(st.integers(0, 6), st.integers(0, 6), st.just(20)))
    offers = [draw(promotions(number, currency)) for number in range(draw(st.integers(0, 5)))]
    codes = [offer.code.upper() for offer in offers if offer.code and draw(st.booleans())]
    uses = {offer.id: draw(st.integers(0, 2)) for offer in offers}
    return basket(
        *[draw(lines(number)) for number in range(count)],
        currency=currency,
        tax=draw(tax_rules()),
        promotions=tuple(offers),
        codes=(*codes, *draw(st.sampled_from([(), ("nonsense",)]))),
        customer=CustomerFacts(draw(st.sampled_from([None, GROUP])), draw(st.booleans()), uses),
        shipping=draw(st.one_of(st.none(), st.builds(shipping, _amounts, is_taxable=st.booleans()))),
    )
