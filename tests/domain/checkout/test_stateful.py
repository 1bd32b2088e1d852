"""Whatever buyers, banks, staff and the clock do, and in whatever order: the books add up after each step."""

import itertools
import os
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hansa.domain.carts.errors import CartChanged
from hansa.domain.checkout.errors import CartIncomplete, CheckoutInProgress, PaymentDeclined
from hansa.domain.checkout.services.settle import settle_payment
from hansa.domain.inventory.errors import InsufficientStock
from hansa.domain.inventory.services.receive import receive
from hansa.domain.inventory.services.set_bundle import set_bundle
from hansa.domain.orders.models import Order
from hansa.domain.payments.errors import NotDecidable, RefundExceedsCaptured
from hansa.domain.payments.models import Payment
from hansa.domain.payments.services.confirm_payment import confirm_payment
from hansa.domain.payments.services.issue_gift_card import issue_gift_card
from hansa.domain.payments.services.refund import refund
from hansa.domain.pricing.errors import PromotionUsedUp
from hansa.domain.tenants.services.create import create_tenant
from hansa.domain.work.services.perform import work_off
from hansa.kernel import clock
from hansa.kernel.tenancy import tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.checkout.stalls import check_out, fill, stock
from tests.faults.invariants import check_books
from tests.worlds_buying import open_shop, promote

_numbers = itertools.count(1)
METHODS = ["ok", "ok", "declined", "needs_action", "timeout", "authorise"]
EXPECTED = (PaymentDeclined, InsufficientStock, CheckoutInProgress, PromotionUsedUp, CartIncomplete, CartChanged)


class Shop(RuleBasedStateMachine):
    """One shop, its buyers, and time that passes only when we say so."""

    @initialize()
    def open(self) -> None:
        """Open with little stock, a bundle, a voucher for two and a gift card."""
        self.now: datetime = clock.now()
        self.tenant = create_tenant(slug=f"machine-{os.getpid()}-{next(_numbers)}", name="Machine")
        self.world = open_shop(self.tenant)
        self.goods = stock(self.tenant, self.now, Mug=6, Bowl=9, Parcel=0)
        with tenant_scope(self.tenant):
            parts = {self.goods["Mug"]: 1, self.goods["Bowl"]: 2}
            set_bundle(bundle_id=self.goods["Parcel"], components=parts, now=self.now)
            self.card = issue_gift_card(amount=2500, currency="EUR", now=self.now).code
        promote(self.tenant, "Two", code="TWO", usage_limit=2)
        self.carts: list[UUID] = []
        self.attempts: list[tuple[UUID, str, str, Any]] = []

    @rule(
        names=st.lists(st.sampled_from(["Mug", "Bowl", "Parcel"]), min_size=1, max_size=3),
        quantity=st.integers(1, 3),
        with_code=st.booleans(),
        with_card=st.booleans(),
    )
    def fill_a_cart(self, names: list[str], quantity: int, with_code: bool, with_card: bool) -> None:  # noqa: FBT001
        """Make a cart, the same thing perhaps twice in it."""
        codes: dict[str, Any] = {"promotion_codes": ("TWO",) if with_code else ()}
        codes["gift_card_codes"] = (self.card,) if with_card else ()
        with tenant_scope(self.tenant):
            lines = [(self.goods[name], quantity) for name in names]
            self.carts.append(fill(lines, self.world.method_id, now=self.now, **codes))

    @precondition(lambda self: self.carts)
    @rule(choice=st.integers(0, 99), method=st.sampled_from(METHODS))
    def check_out(self, choice: int, method: str) -> None:
        """Order a cart, perhaps one that is ordered already."""
        self._attempt(self.carts[choice % len(self.carts)], f"key {len(self.attempts)}", method)

    @precondition(lambda self: self.attempts)
    @rule(choice=st.integers(0, 99))
    def repeat(self, choice: int) -> None:
        """Send an attempt again: what was answered is answered again, byte for byte."""
        cart, key, method, before = self.attempts[choice % len(self.attempts)]
        after = self._attempt(cart, key, method)
        if isinstance(before, str):
            assert after == before
        if isinstance(before, PaymentDeclined):
            assert (type(after), str(after)) == (PaymentDeclined, str(before))

    def _attempt(self, cart: UUID, key: str, method: str) -> Any:
        self.now += timedelta(milliseconds=1)
        with tenant_scope(self.tenant):
            try:
                result: Any = check_out(cart, now=self.now, key=key, method=method).document
                assert result
            except EXPECTED as refusal:
                result = refusal
        self.attempts.append((cart, key, method, result))
        return result

    @rule(choice=st.integers(0, 99), is_approved=st.booleans())
    def decide_at_the_bank(self, choice: int, is_approved: bool) -> None:  # noqa: FBT001
        """Let a buyer come back from the bank, perhaps long after the order has expired."""
        with tenant_scope(self.tenant):
            with transaction():
                waiting = list(Payment.objects.filter(method="needs_action").order_by("id"))
            if waiting:
                payment_id = waiting[choice % len(waiting)].pk
                with suppress(NotDecidable):
                    confirm_payment(payment_id=payment_id, is_approved=is_approved, now=self.now, settle=settle_payment)

    @rule(choice=st.integers(0, 99), amount=st.integers(1, 3000))
    def refund_some(self, choice: int, amount: int) -> None:
        """Let staff send a part back, perhaps more than there is."""
        with tenant_scope(self.tenant):
            with transaction():
                captured = list(Payment.objects.filter(status="captured").order_by("id"))
            if captured:
                payment_id = captured[choice % len(captured)].pk
                with suppress(RefundExceedsCaptured):
                    refund(payment_id=payment_id, amount=amount, reason_code="goodwill", actor="staff:1", now=self.now)

    @rule(name=st.sampled_from(["Mug", "Bowl"]), quantity=st.integers(1, 2))
    def receive_goods(self, name: str, quantity: int) -> None:
        """Get some more."""
        with tenant_scope(self.tenant):
            receive(quantities={self.goods[name]: quantity}, now=self.now, actor="staff:1")

    @rule(seconds=st.sampled_from([1, 11, 30, 601, 1300]))
    def let_time_pass(self, seconds: int) -> None:
        """Wait, while the worker sleeps."""
        self.now += timedelta(seconds=seconds)

    @rule()
    def let_the_worker_work(self) -> None:
        """Do what is due."""
        with tenant_scope(self.tenant):
            work_off(now=self.now)

    @invariant()
    def books_add_up(self) -> None:
        """Nothing is ever wrong, not even for a moment."""
        if hasattr(self, "tenant"):
            check_books(self.tenant, settled=False)

    def teardown(self) -> None:
        """In the end nothing is open: an hour later all is paid, or over."""
        if not hasattr(self, "tenant"):
            return
        with tenant_scope(self.tenant):
            for _ in range(6):
                self.now += timedelta(seconds=650)
                work_off(now=self.now)
        check_books(self.tenant)
        with tenant_scope(self.tenant), transaction():
            held = set(Payment.objects.filter(status="authorised").values_list("reference", flat=True))
            waiting = set(Order.objects.filter(status="pending_payment").values_list("id", flat=True))
            assert waiting == held


@pytest.mark.parametrize(
    ("examples", "steps"), [(12, 25), pytest.param(400, 60, marks=pytest.mark.long)], ids=["short", "long"]
)
def test_the_books_add_up_after_every_step(examples: int, steps: int) -> None:
    run_state_machine_as_test(
        Shop,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
