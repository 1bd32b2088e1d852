"""One e-mail for each paid order, whatever happens on the way."""

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.test import override_settings

from hansa.config.email import read_email_url
from hansa.domain.events.models import Event
from hansa.domain.events.types import HappenedEvent
from hansa.domain.notifications.errors import AlreadySent
from hansa.domain.notifications.handlers import confirm_orders
from hansa.domain.notifications.models import Kind, Notification
from hansa.domain.notifications.services.notify import notify
from hansa.domain.notifications.services.send import LEASE, PAUSES, send_again
from hansa.domain.orders.selectors import get_order_document
from hansa.domain.work.services.perform import work_off
from hansa.kernel import clock
from hansa.kernel.ids import uuid7
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.tokens import make_token
from hansa.kernel.transactions import transaction
from tests.domain.payments.world import at_once
from tests.worlds_buying import promote
from tests.worlds_orders import ADA, buy, open_for_business
from tests.worlds_pickup import open_counter

pytestmark = pytest.mark.usefixtures("market")


def stored() -> Notification:
    with transaction():
        return Notification.objects.get()


def test_the_buyer_is_told_where_to_fetch_it(market: TenantContext, outbox: list[Any]) -> None:
    method, (harbour,) = open_counter(market, "Harbour")
    buy(shipping_method_id=method, pickup_point_id=harbour)
    work_off(now=clock.now())
    (email,) = outbox
    assert "Fetch it at:\n    Harbour\n    Harbour Street 1\n    Mo–Fr\n" in email.body
    html, _ = email.alternatives[0]
    assert "Harbour<br>Harbour Street 1<br>Mo–Fr" in html


def paid_event(order_id: UUID) -> HappenedEvent:
    return HappenedEvent(uuid7(), "order.paid", order_id, {}, clock.now(), clock.now())


def confirm(order_id: UUID) -> None:
    notify(kind=Kind.ORDER_CONFIRMATION, object_id=order_id, recipient="ada@example.com", now=clock.now())


def test_the_buyer_gets_the_whole_order_in_words(market: TenantContext, outbox: list[Any]) -> None:
    promote(market, "Welcome", code="WELCOME")
    order_id = buy(mugs=2, bowls=1, promotion_codes=("WELCOME",), billing_address=ADA | {"last_name": "Lovelace"})
    work_off(now=clock.now())
    (email,) = outbox
    number = get_order_document(order_id)["number"]
    assert email.to == ["ada@example.com"]
    assert email.from_email == f"{market.name} <shop@localhost>"
    assert email.subject == f"Your order {number} at {market.name}"
    text = email.body
    for words in (
        *("Thank you, Ada!", f"Order {number}", "2 × Mug", "€20.00  (€10.00 each)", "1 × Bowl", "€25.00"),
        *("Subtotal: €45.00", "Discount: −€4.50", "Shipping: €4.90", "Total: €45.40  (including €"),
        *("Ada Byron", "1 High Street", "10115 Berlin", "Germany", "Ada Lovelace", "by Standard"),
    ):
        assert words in text, words
    link = f"http://{market.slug}.localhost:8000/orders/{order_id}?token={make_token('order', order_id)}"
    assert link in text
    (html,) = email.alternatives
    assert link in html.content
    plain = " ".join(re.sub(r"<[^>]+>", " ", html.content.partition("</head>")[2]).split())
    for words in ("Thank you, Ada!", "2 × Mug €10.00 each €20.00", "Total including €7.24 tax €45.40", "Ada Lovelace"):
        assert words in plain, plain
    assert "\n\n\n" not in text


def test_what_people_type_is_text_and_not_markup(outbox: list[Any]) -> None:
    buy(billing_address=ADA | {"company": "<b>Byron</b> & Co"})
    work_off(now=clock.now())
    (email,) = outbox
    assert "<b>Byron</b> & Co" in email.body
    assert "&lt;b&gt;Byron&lt;/b&gt; &amp; Co" in email.alternatives[0].content


def test_an_event_that_comes_again_sends_nothing(outbox: list[Any]) -> None:
    order_id = buy()
    work_off(now=clock.now())
    with transaction():
        Event.objects.filter(name="order.paid").update(status="pending")
    work_off(now=clock.now())
    confirm_orders([paid_event(order_id)])
    assert len(outbox) == 1
    notification = stored()
    assert (notification.status, notification.attempts) == ("sent", 1)
    assert outbox[0].extra_headers["Message-ID"] == notification.message_id
    with pytest.raises(AlreadySent):
        send_again(notification_id=notification.pk, now=clock.now())


def test_orders_that_were_paid_while_nobody_worked_are_all_confirmed(outbox: list[Any]) -> None:
    orders = {buy(email=f"ada{number}@example.com"): f"ada{number}@example.com" for number in range(3)}
    work_off(now=clock.now())
    with transaction():
        assert dict(Notification.objects.values_list("object_id", "recipient")) == orders
    assert sorted(letter.to[0] for letter in outbox) == sorted(orders.values())


def test_workers_that_race_send_one(market: TenantContext, outbox: list[Any]) -> None:
    for _ in range(5):
        outbox.clear()
        order_id = buy(mugs=1)
        results = at_once(market, [partial(confirm, order_id) for _ in range(6)])
        assert results == [None] * 6
        at_once(market, [partial(work_off, now=clock.now()) for _ in range(6)])
        assert len(outbox) == 1


def test_nothing_is_written_about_an_order_that_nobody_paid(outbox: list[Any]) -> None:
    buy(method="needs_action")
    work_off(now=clock.now())
    assert outbox == []


def test_each_shop_writes_in_its_own_name(market: TenantContext, rival: TenantContext, outbox: list[Any]) -> None:
    open_for_business(rival)
    with tenant_scope(rival):
        buy()
        work_off(now=clock.now())
    buy()
    work_off(now=clock.now())
    assert [email.from_email.partition(" <")[0] for email in outbox] == [rival.name, market.name]
    with tenant_scope(rival):
        assert stored().message_id == outbox[0].extra_headers["Message-ID"]


class Sink:
    """A mail server that keeps what it gets, or refuses as often as it shall."""

    def __init__(self) -> None:
        self.refusals: list[str] = []
        self.letters: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        if self.refusals:
            return self.refusals.pop()
        assert isinstance(envelope.content, bytes)
        self.letters.append(envelope.content)
        return "250 OK"


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Run a mail server, and let e-mail go there."""
    keeper = Sink()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(keeper, hostname="127.0.0.1", port=port)
    controller.start()
    with override_settings(MAILERS={"default": read_email_url(f"smtp+plain://127.0.0.1:{port}")}):
        yield keeper
    controller.stop()


def read(letter: bytes) -> Message:
    from email import message_from_bytes, policy

    return message_from_bytes(letter, policy=policy.default)


def test_it_arrives_at_a_real_mail_server(market: TenantContext, sink: Sink) -> None:
    order_id = buy()
    work_off(now=clock.now())
    (letter,) = map(read, sink.letters)
    assert letter["Message-ID"] == stored().message_id
    assert letter["From"] == f"{market.name} <shop@localhost>"
    assert letter["Auto-Submitted"] == "auto-generated"
    text, html = letter.iter_parts()  # type: ignore[attr-defined]
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert "€24.90" in text.get_content()
    assert str(order_id) in html.get_content()


def test_a_server_that_is_busy_is_asked_again(sink: Sink) -> None:
    sink.refusals = ["451 try again later", "421 too busy"]
    buy()
    for minutes in range(4):
        work_off(now=clock.now() + timedelta(minutes=minutes))
    assert len(sink.letters) == 1
    notification = stored()
    assert (notification.status, notification.attempts, notification.last_error) == ("sent", 3, "")


def test_an_address_that_is_refused_for_good_is_given_up_until_staff_try_again(sink: Sink) -> None:
    sink.refusals = ["550 no such user"]
    order_id = buy()
    confirm(order_id)
    work_off(now=clock.now())
    notification = stored()
    assert (notification.status, "no such user" in notification.last_error) == ("failed", True)
    confirm(order_id)
    work_off(now=clock.now() + timedelta(hours=1))
    assert sink.letters == []
    send_again(notification_id=notification.pk, now=clock.now())
    work_off(now=clock.now())
    assert len(sink.letters) == 1
    assert stored().status == "sent"
    with pytest.raises(AlreadySent):
        send_again(notification_id=notification.pk, now=clock.now())


def test_a_server_that_is_not_there_costs_no_order_and_is_asked_until_nobody_waits_any_more(outbox: list[Any]) -> None:
    with override_settings(MAILERS={"default": read_email_url("smtp+plain://127.0.0.1:9")}):
        order_id = buy()
        confirm(order_id)
        work_off(now=clock.now())
        assert (stored().status, stored().attempts) == ("pending", 1)
        work_off(now=clock.now() + timedelta(hours=1))
    assert (stored().status, stored().attempts) == ("failed", len(PAUSES) + 1)
    assert "Connection" in stored().last_error
    send_again(notification_id=stored().pk, now=clock.now())
    work_off(now=clock.now())
    assert len(outbox) == 1


def test_what_a_killed_worker_left_is_sent_after_the_lease(outbox: list[Any]) -> None:
    order_id = buy()
    with transaction():
        Notification(
            kind=Kind.ORDER_CONFIRMATION,
            object_id=order_id,
            recipient="ada@example.com",
            message_id="<one@shop.example>",
            status="running",
            attempts=1,
            available_at=clock.now() + LEASE,
        ).save()
    confirm(order_id)
    work_off(now=clock.now())
    assert outbox == []
    work_off(now=clock.now() + LEASE + timedelta(seconds=1))
    assert [email.extra_headers["Message-ID"] for email in outbox] == ["<one@shop.example>"]


def test_a_worker_whose_lease_is_over_writes_nothing_over_the_next_ones_note(outbox: list[Any]) -> None:
    from hansa.domain.notifications.services.send import send

    confirm(buy())
    work_off(now=clock.now())
    with transaction():
        Notification.objects.update(status="running", attempts=2)
    send(notification_id=stored().pk, attempt=1, is_last=False, now=clock.now())
    assert (len(outbox), stored().status) == (2, "running")
