"""Complete a checkout: from a cart to an order and its payment.

Read this file first, then `settle.py`. Three steps, and the process may die between any two:

A. One transaction: claim the idempotency key, lock the cart, price it, reserve its stock, write the order
   (`pending_payment`) and the payment (`created`), commit. From here on everything that can happen to the
   money finds an order.
B. No transaction, no lock: ask the payment provider. Its idempotency key is the payment's id.
C. One transaction: settle what it said.

When nobody comes back after A, the sweeper asks the provider what became of the payment and settles that
(`sweep.py`); a client that repeats the request goes on where the first one stopped (`claim.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from hansa.domain.carts.errors import CartChanged, CartClosed
from hansa.domain.carts.pricing import PricedCart, cart_facts, price_cart
from hansa.domain.carts.queries import cart_questions, read_own_cart
from hansa.domain.carts.services.accept_prices import accept_prices
from hansa.domain.carts.services.write import close_cart
from hansa.domain.carts.taxes import tax_ahead
from hansa.domain.carts.types import CartState
from hansa.domain.checkout.errors import (
    CartIncomplete,
    CheckoutInProgress,
    IdempotencyKeyRequired,
    PaymentDeclined,
)
from hansa.domain.checkout.models import MAX_KEY_CHARACTERS
from hansa.domain.checkout.services.claim import Claim, claim_question, read_claim
from hansa.domain.checkout.services.draft import missing_for_order, order_draft
from hansa.domain.checkout.services.finish import finish_placed, stored_answer, with_token
from hansa.domain.checkout.services.open_orders import open_orders_parameters, open_orders_sql, refuse_hoarding
from hansa.domain.checkout.services.settle import mark_paid, settle_payment
from hansa.domain.checkout.types import CheckoutAnswer, CheckoutRequest
from hansa.domain.events.services.record import record
from hansa.domain.inventory.errors import InsufficientStock
from hansa.domain.inventory.queries import FREE_OF_LINE
from hansa.domain.inventory.services.allocate import allocate
from hansa.domain.inventory.services.release_expired import release_expired
from hansa.domain.inventory.services.reserve import named_shortages, reserve, shortage
from hansa.domain.orders.services.place import place_order
from hansa.domain.payments.selectors import find_payment_of
from hansa.domain.payments.services.charge import charge
from hansa.domain.payments.services.open_payment import open_payment
from hansa.domain.payments.services.pay import pay
from hansa.domain.payments.services.redeem_gift_cards import redeem_gift_cards
from hansa.domain.payments.services.require_provider import require_provider
from hansa.domain.payments.types import PaymentRequest
from hansa.domain.pricing.services.redeem import redeem
from hansa.domain.pricing.types import Refusal
from hansa.kernel.addresses import subscriber_of
from hansa.kernel.errors import FieldError, Invalid
from hansa.kernel.faultpoints import passing
from hansa.kernel.ids import uuid7
from hansa.kernel.money import MAX_AMOUNT
from hansa.kernel.postgresql.batches import Row, ask_together, together
from hansa.kernel.transactions import transaction

_LOST = frozenset((Refusal.USED_UP, Refusal.USED_BY_CUSTOMER, Refusal.EXPIRED))
"""Why a code may have counted when the buyer looked, and does not now."""


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What step A leaves for step B: what to ask for, or the answer when nothing is left to ask."""

    order_id: UUID
    payment: PaymentRequest | None = None
    answer: CheckoutAnswer | None = None


def complete_checkout(request: CheckoutRequest, *, now: datetime) -> CheckoutAnswer:
    """Turn the cart into an order and pay for it; the same key and request again give the same answer.

    Raises IdempotencyKeyRequired, IdempotencyKeyReused, CheckoutInProgress, CartNotFound, CartClosed,
    CartChanged, CartIncomplete, InsufficientStock, TooManyOpenOrders, PromotionUsedUp, what `require_provider`
    raises, and PaymentDeclined. Nothing stays behind of what raises, except of PaymentDeclined: a `payment_failed`
    order.

    Locks in this order: key, buyer (Note [Hoarding]), cart, promotions, gift cards, stock (in id order), the order
    counter. Not inside a transaction. Events: order.placed, and those of `settle_payment`.
    """
    _check_key(request.idempotency_key)
    method = require_provider(provider=request.payment.provider, method=request.payment.details)
    passing("checkout.begun")
    attempt = _begin_with_what_expired(request, method, now)
    passing("checkout.committed")
    if attempt.payment is not None:
        provider_answer = pay(provider=request.payment.provider, request=attempt.payment)
        with transaction():
            settled = settle_payment(payment_id=attempt.payment.payment_id, answer=provider_answer, now=now)
        passing("settle.committed")
        if settled.is_declined:
            raise PaymentDeclined(settled.message)
        # A callback or the sweeper may have settled it while we were asking; then the answer is there already.
        document = settled.document or stored_answer(attempt.order_id)
        attempt = _Attempt(attempt.order_id, answer=CheckoutAnswer(attempt.order_id, document, is_replay=False))
    passing("checkout.answering")
    assert attempt.answer is not None  # noqa: S101  (either there was something to pay, or it is answered)
    return attempt.answer


def _check_key(key: str) -> None:
    if not key:
        message = "Send an Idempotency-Key header with a new random value for each attempt, so that it can be repeated."
        raise IdempotencyKeyRequired(message)
    if len(key) > MAX_KEY_CHARACTERS or not (key.isascii() and key.isprintable()):
        message = f"An Idempotency-Key has at most {MAX_KEY_CHARACTERS} printable ASCII characters."
        raise Invalid(message, errors=(FieldError("Idempotency-Key", "invalid", message),))


def _begin_with_what_expired(request: CheckoutRequest, method: str, now: datetime) -> _Attempt:
    """Begin; when stock is short, take back what is reserved for nobody any more, and begin once more."""
    try:
        return _begin(request, method, now)
    except InsufficientStock as short:
        variant_ids = [UUID(error.field.rpartition(".")[2]) for error in short.errors]
        if not release_expired(variant_ids=variant_ids, now=now):
            raise
    return _begin(request, method, now)


def _begin(request: CheckoutRequest, method: str, now: datetime) -> _Attempt:
    """Step A. What prices have done meanwhile is written down, so that the buyer's next look shows it."""
    order_id = uuid7()
    ahead = tax_ahead(request.cart_id, now=now)
    with transaction():
        claim_row, *cart_rows = ask_together(
            [
                claim_question(request, order_id=order_id, now=now),
                *cart_questions(
                    request.cart_id,
                    lock=True,
                    about_cart=open_orders_sql(),
                    about_lines=FREE_OF_LINE,
                    parameters=open_orders_parameters(subscriber_of(request.address)),
                ),
            ]
        )
        claim = read_claim(claim_row[0], fingerprint=request.fingerprint, order_id=order_id)
        passing("checkout.claimed")
        if not claim.is_new:
            return _go_on(claim, request)
        state = read_own_cart(*cart_rows, asker=request.asker)
        _check_open(state, request)
        refuse_hoarding(cart_rows[0][0][-1])
        _refuse_what_is_sold_out(cart_rows[1])
        passing("checkout.locked")
        cart = price_cart(state, cart_facts(state, now=now, ahead=ahead), now=now)
        dearer = _check_seen(cart, request)
        if not dearer:
            return _place(cart, request, method, order_id, now)
    accept_prices(cart_id=request.cart_id, now=now)
    message = "Prices have changed since you looked. See the cart again, then order."
    raise CartChanged(message, errors=dearer)


def _check_open(state: CartState, request: CheckoutRequest) -> None:
    if state.status == "ordered":
        message = "This cart is being paid for already. See its order before you try again."
        raise CheckoutInProgress(message)
    if state.status != "open":
        message = "This cart has been closed. Make a new one."
        raise CartClosed(message)
    if request.cart_version is not None and request.cart_version != state.version:
        message = f"The cart was changed meanwhile: it is at version {state.version}. See it again, then order."
        raise CartChanged(message)


def _refuse_what_is_sold_out(lines: list[Row]) -> None:
    """Say no at once when less is left than a line asks for: in a rush most of all answers are this one."""
    missing = [
        {"variant": variant_id, "left": max(int(free), 0)}
        for _, variant_id, quantity, _, _, free in lines
        if free is not None and int(free) < int(quantity or 0)
    ]
    if missing:
        raise shortage(missing)


def _check_seen(cart: PricedCart, request: CheckoutRequest) -> tuple[FieldError, ...]:
    """Refuse a cart that cannot become an order; return the lines that are dearer than the buyer has seen."""
    missing = missing_for_order(cart)
    if missing:
        message = "The cart is not complete: see `errors`."
        raise CartIncomplete(message, errors=missing)
    gone = tuple(
        FieldError(f"lines.{line.line.id}", issue.code, issue.message)
        for line in cart.lines
        for issue in line.issues
        if issue.is_blocking
    )
    if gone:
        message = "Something in the cart cannot be bought any more. Remove it, then order."
        raise CartChanged(message, errors=gone)
    if cart.basket.total > MAX_AMOUNT:
        message = "This is more than one order can come to. Order it in parts."
        raise CartIncomplete(message, errors=(FieldError("lines", "too_much", message),))
    if request.expected_total is not None and request.expected_total != cart.basket.total:
        message = "The total has changed since you looked. See the cart again, then order."
        raise CartChanged(message)
    lost = tuple(
        FieldError("promotion_codes", code.reason, f"{code.code}: {code.message}")
        for code in cart.basket.rejected_codes
        if code.reason in _LOST
    )
    if lost and request.expected_total is None:
        message = "A code in the cart no longer counts. Take it out, or send the total that you expect."
        raise CartChanged(message, errors=lost)
    return tuple(
        FieldError(f"lines.{line.line.id}", issue.code, issue.message)
        for line in cart.lines
        for issue in line.issues
        if issue.code == "price_raised"
    )


def _place(cart: PricedCart, request: CheckoutRequest, method: str, order_id: UUID, now: datetime) -> _Attempt:
    """Write everything that step A writes; the stock as late as it can be, the order's number after it."""
    passing("checkout.priced")
    state, total, currency = cart.state, cart.basket.total, cart.state.currency
    draft = order_draft(cart, order_id)
    promotion_ids = cart.basket.promotion_ids
    redeem(reference=order_id, promotion_ids=promotion_ids, customer_key=state.email.lower(), now=now)
    due = total - sum(
        amount
        for _, amount in redeem_gift_cards(
            reference=order_id, codes=state.gift_card_codes, most=total, currency=currency, now=now
        )
    )
    demands: dict[UUID, int] = {}
    for line in draft.lines:
        demands[line.variant_id] = demands.get(line.variant_id, 0) + line.quantity
    until = now + timedelta(seconds=settings.RESERVATION_SECONDS)
    payment = PaymentRequest(
        payment_id=uuid7(),
        reference=order_id,
        amount=due,
        currency=currency,
        method=request.payment.details,
        email=state.email,
        return_url=request.payment.return_url,
    )
    with named_shortages(), together():
        reserve(reference=order_id, demands=demands, now=now, expires_at=until)
        place_order(draft, actor=request.actor, now=now)
        if total:
            charge(reference=order_id, amount=total, currency=currency, now=now)
        if due:
            open_payment(
                payment_id=payment.payment_id,
                reference=order_id,
                provider=request.payment.provider,
                method=method,
                amount=due,
                currency=currency,
                now=now,
            )
        close_cart(state.id, status="ordered", order_id=order_id, now=now)
        record("order.placed", aggregate_id=order_id, payload={"order_id": str(order_id)}, now=now)
    passing("checkout.ordered")
    if due:
        return _Attempt(order_id, payment=payment)
    allocate(reference=order_id)  # nothing is left to pay
    mark_paid(order_id, request.actor, now)
    return _Attempt(order_id, answer=CheckoutAnswer(order_id, finish_placed(order_id), is_replay=False))


def _go_on(claim: Claim, request: CheckoutRequest) -> _Attempt:
    """Answer a request whose key was used before, or take over where a killed process stopped."""
    if claim.outcome == "declined":
        raise PaymentDeclined(claim.response)
    if claim.outcome == "placed":
        document = with_token(claim.response, claim.order_id)
        return _Attempt(claim.order_id, answer=CheckoutAnswer(claim.order_id, document, is_replay=True))
    payment = find_payment_of(claim.order_id)
    if payment is None:
        message = "This checkout is still under way. Ask again with the same Idempotency-Key in a few seconds."
        raise CheckoutInProgress(message)
    details: dict[str, Any] = request.payment.details
    return _Attempt(
        claim.order_id,
        payment=PaymentRequest(
            payment_id=payment.id,
            reference=claim.order_id,
            amount=payment.amount,
            currency=payment.currency,
            method=details,
            return_url=request.payment.return_url,
        ),
    )
