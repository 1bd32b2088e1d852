"""Letters in the shop's language and the merchant's own words."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from hansa.domain.events.models import Event
from hansa.domain.events.services.record import record
from hansa.domain.notifications.errors import InvalidText, TextTaken
from hansa.domain.notifications.letters import sample
from hansa.domain.notifications.models import WRITABLE, LetterText, Notification
from hansa.domain.notifications.placeholders import check_text, fill
from hansa.domain.notifications.selectors import get_texts
from hansa.domain.notifications.services.post_letter import post_letter
from hansa.domain.notifications.services.save_text import forget_text, save_text
from hansa.domain.notifications.texts import BUILT_IN, LABELS
from hansa.domain.tenants.models import Tenant
from hansa.domain.work.services.perform import work_off
from hansa.kernel import clock
from hansa.kernel.languages import Language
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.worlds_orders import buy

pytestmark = pytest.mark.usefixtures("market")


def happen(name: str, aggregate_id: Any, payload: dict[str, Any]) -> None:
    with transaction():
        record(name, aggregate_id=aggregate_id, payload=payload, now=clock.now())
    work_off(now=clock.now())


def test_a_german_shop_writes_german(market: TenantContext, outbox: list[Any]) -> None:
    with transaction():
        Tenant.objects.filter(pk=market.id).update(language="de")
    buy()
    work_off(now=clock.now())
    (email,) = outbox
    assert email.subject.startswith("Ihre Bestellung ")
    for words in (
        "Vielen Dank, Ada!",
        "Zwischensumme: 20,00\xa0€",
        "Liefer- und Rechnungsadresse",
        "Deutschland",
        "darin",
    ):
        assert words in email.body
    assert '<html lang="de">' in email.alternatives[0].content


def test_a_shipment_is_told_with_its_number_and_a_refund_with_its_amount_each_once(outbox: list[Any]) -> None:
    order_id = buy()
    work_off(now=clock.now())
    outbox.clear()
    happen("order.fulfilled", order_id, {"carrier": "DHL", "tracking": "0034"})
    happen("order.refunded", order_id, {"order_id": str(order_id), "amount": 1250})
    shipped, refunded = outbox
    assert "Tracking number: 0034 (DHL)" in shipped.body
    assert "0034" in shipped.alternatives[0].content
    assert "We have refunded €12.50" in refunded.body
    with transaction():
        told = Event.objects.filter(name__in=("order.fulfilled", "order.refunded"))
        assert told.update(status="pending", available_at=clock.now()) == 2
    work_off(now=clock.now())
    assert len(outbox) == 2
    happen("order.refunded", order_id, {"order_id": str(order_id), "amount": 100})
    assert len(outbox) == 3


def test_who_asked_for_an_import_is_told_when_it_is_done(outbox: list[Any]) -> None:
    done = {"file_name": "mugs.csv", "created": 12, "updated": 3, "failed": 1}
    happen("import.finished", uuid4(), done | {"requested_by": {"kind": "staff", "label": "grace@example.com"}})
    happen("import.finished", uuid4(), done | {"requested_by": {"kind": "operator", "label": "root"}})
    happen("import.finished", uuid4(), done)
    (email,) = outbox
    assert (email.to, email.subject) == (["grace@example.com"], "Your import of mugs.csv is done")
    assert "mugs.csv: 12 products are new, 3 have changed, 1 rows could not be imported." in email.body


def test_the_merchants_words_are_written_until_they_are_taken_back(
    market: TenantContext, rival: TenantContext, outbox: list[Any]
) -> None:
    texts = replace(BUILT_IN["order_confirmation", Language.ENGLISH], subject="Moin {name}: {number}", closing="")
    row = save_text(kind="order_confirmation", language="en", texts=texts)
    with tenant_scope(rival):
        assert "{shop}" in get_texts("order_confirmation", Language.ENGLISH).subject
    buy()
    work_off(now=clock.now())
    assert outbox[0].subject.startswith("Moin Ada: ")
    with pytest.raises(TextTaken):
        save_text(kind="order_confirmation", language="en", texts=texts)
    save_text(kind="order_confirmation", language="en", texts=replace(texts, subject="Hey"), text_id=row.pk)
    forget_text(text_id=row.pk)
    buy()
    work_off(now=clock.now())
    assert outbox[1].subject.endswith(f"at {market.name}")


@pytest.mark.parametrize(
    "subject", ["{total.__class__}", "{unknown}", "{", "a } b", "{{shop}}", "{shop", "{0}", "{shop!r}", "", " "]
)
def test_a_broken_text_is_refused_with_a_sentence_and_nothing_is_changed(subject: str) -> None:
    texts = replace(BUILT_IN["refund", Language.ENGLISH], subject=subject)
    with pytest.raises(InvalidText) as refused:
        save_text(kind="refund", language="en", texts=texts)
    assert refused.value.message.endswith((".", "looks broken."))
    with transaction():
        assert not LetterText.objects.exists()


def test_all_that_is_built_in_can_be_written() -> None:
    from hansa.domain.notifications.services.save_text import check_texts

    assert {kind for kind, _ in BUILT_IN} == set(WRITABLE)
    for language in Language:
        assert LABELS[language].keys() == LABELS[Language.ENGLISH].keys()
        for kind in WRITABLE:
            check_texts(kind, BUILT_IN[kind, language])
            letter = sample(kind, language, BUILT_IN[kind, language])
            assert "{" not in letter.subject + letter.text
            assert letter.html.startswith("<!doctype html>")


def test_of_what_is_empty_the_comma_goes_too() -> None:
    assert fill("Thank you, {name}!", {"name": ""}) == "Thank you!"
    assert fill("{name}{name} {shop}", {"name": "{shop}", "shop": "x"}) == "{shop}{shop} x"
    check_text("{shop} {shop}", ("shop",))


def test_what_is_filled_in_is_text_and_never_markup(market: TenantContext) -> None:
    texts = replace(BUILT_IN["refund", Language.ENGLISH], intro="<script>alert(1)</script> {% load x %} {shop}")
    with pytest.raises(InvalidText):
        save_text(kind="refund", language="en", texts=texts)
    letter = sample("refund", Language.ENGLISH, replace(texts, intro="<script>alert(1)</script> {shop}"))
    assert "<script>" not in letter.html
    assert market.name in letter.html


def test_a_test_letter_is_sent_with_the_words_as_saved(outbox: list[Any]) -> None:
    from hansa.domain.notifications.services.send_test import send_test

    texts = replace(BUILT_IN["order_shipped", Language.GERMAN], subject="Unterwegs: {number}")
    save_text(kind="order_shipped", language="de", texts=texts)
    send_test(kind="order_shipped", language="de", recipient="me@example.com", now=clock.now())
    work_off(now=clock.now())
    assert (outbox[0].to, outbox[0].subject) == (["me@example.com"], "Unterwegs: 1042")
    with transaction():
        assert Notification.objects.get().status == "sent"


def test_the_merchant_writes_the_letters_about_accounts_in_each_language(outbox: list[Any]) -> None:
    texts = replace(BUILT_IN["password_reset_code", Language.GERMAN], subject="Code von {shop}", heading="Moin")
    save_text(kind="password_reset_code", language="de", texts=texts)
    for language in ("de", "en", ""):
        post_letter(
            recipient="ada@example.com", name="password_reset_code", code="K7M4PX", language=language, now=clock.now()
        )
    work_off(now=clock.now())
    german, english, other = sorted(outbox, key=lambda email: email.subject)
    assert german.subject.startswith("Code von Shop")
    assert german.body.startswith("Moin\n\nMit diesem Code")
    assert "Er gilt eine Viertelstunde lang." in german.alternatives[0].content
    for email in (english, other):
        assert email.body.startswith("Type this code to set a new password:\n\n    K7M4PX\n")
        assert "<h1" not in email.alternatives[0].content
    assert "<a " not in english.alternatives[0].content.split("K7M4PX")[1].split("quarter of an hour")[0]


def test_a_letter_that_leads_nowhere_has_no_button() -> None:
    with pytest.raises(InvalidText, match="has no button"):
        save_text(
            kind="login_code", language="en", texts=replace(BUILT_IN["login_code", Language.ENGLISH], button="Go")
        )
    with transaction():
        assert not LetterText.objects.exists()
