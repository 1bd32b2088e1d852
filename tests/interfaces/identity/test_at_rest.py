"""Whoever reads a dump of the database can open nothing with it."""

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core import signing

from hansa.domain.accounts.session_keys import digest_of
from hansa.domain.accounts.sessions import SessionStore
from hansa.domain.checkout.services.finish import stored_answer
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.tokens import make_token
from hansa.kernel.transactions import transaction
from tests.dumps import places_of
from tests.interfaces.conftest import Meet
from tests.isolation.tables import past_the_wall
from tests.people import PASSWORD, Person
from tests.worlds import browser
from tests.worlds_orders import buy, open_for_business


def test_no_cookie_of_a_browser_stands_in_the_database(ada: Person, shop: TenantContext) -> None:
    with browser(shop) as client:
        page = client.get("/account/login/")
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        form = {"login": ada.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
        assert client.post("/account/login/", data=form).url.path == "/account/"
        cookies = dict(client.cookies)
        assert {"sessionid", "device"} <= cookies.keys()
        assert places_of(*cookies.values()) == set()
        assert places_of(digest_of(cookies["sessionid"])) == {
            "accounts_session.id",
            "usersessions_usersession.session_key",
        }


def test_a_token_of_an_app_and_its_digest_are_two_things(ada: Person, meet: Meet, shop: TenantContext) -> None:
    assert places_of(ada.token) == set()
    assert ada.call("GET", "/me").status_code == 200
    thief = meet(shop)
    thief.token = digest_of(ada.token)
    assert thief.call("GET", "/me").status_code == 401
    assert thief.ask("GET", "/auth/session").status_code == 410
    thief.client.cookies.set("sessionid", digest_of(ada.token))
    thief.token = ""
    assert thief.call("GET", "/me").status_code == 401


def test_a_digest_is_its_key_or_another_and_never_both(ada: Person) -> None:
    with tenant_scope(ada.tenant), transaction():
        row = UserSession.objects.get(session_key=ada.token)
    assert row.session_key == ada.token
    assert not row.session_key != ada.token  # noqa: SIM202  (what != says is the question)
    assert row.session_key != "another"
    assert row.session_key != digest_of(ada.token), "as text from elsewhere, it is a key like any other"


def test_a_person_sees_their_sessions_and_ends_one(ada: Person, meet: Meet, shop: TenantContext) -> None:
    phone = meet(shop)
    assert phone.log_in().status_code == 200
    sessions = ada.ask("GET", "/auth/sessions").json()["data"]
    assert sorted(one["is_current"] for one in sessions) == [False, True]
    other = next(one["id"] for one in sessions if not one["is_current"])
    assert ada.ask("DELETE", "/auth/sessions", {"sessions": [other]}).status_code == 200
    assert phone.call("GET", "/me").status_code == 401
    assert ada.call("GET", "/me").status_code == 200


def test_an_authenticator_apps_secret_and_the_codes_for_its_loss_are_nowhere(ada: Person) -> None:
    ada.confirm_again()
    secret = ada.ask("GET", "/account/authenticators/totp").json()["meta"]["secret"]
    assert places_of(secret) == set()
    assert_sealed(ada)  # where it waits until the app has shown a code
    code = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    assert ada.ask("POST", "/account/authenticators/totp", {"code": code}).status_code == 200
    codes = ada.ask("GET", "/account/authenticators/recovery-codes").json()["data"]["unused_codes"]
    assert len(codes) == 10
    assert places_of(secret) == set()
    assert "mfa_authenticator.data" not in places_of(*codes)  # eight digits may stand anywhere else by chance


def test_the_code_that_somebody_is_asked_for_is_not_in_their_session(ada: Person) -> None:
    ada.token = ""
    ada.ask("POST", "/auth/code/request", {"email": ada.email})
    assert_sealed(ada)


def assert_sealed(person: Person) -> None:
    """Check that nobody reads what their session says, who has only the row."""
    with past_the_wall() as database:
        row = database.execute(
            "SELECT session_data FROM accounts_session WHERE id = %s", [digest_of(person.token)]
        ).fetchone()
    assert row is not None
    with pytest.raises(signing.BadSignature):
        signing.loads(row[0], salt=SessionStore().key_salt)
    with tenant_scope(person.tenant):
        assert SessionStore().decode(row[0])


def test_a_session_from_before_sessions_were_sealed_goes_on(ada: Person) -> None:
    with past_the_wall() as database, tenant_scope(ada.tenant):
        (said,) = database.execute(
            "SELECT session_data FROM accounts_session WHERE id = %s", [digest_of(ada.token)]
        ).fetchone() or ("",)
        signed = signing.dumps(SessionStore().decode(said), salt=SessionStore().key_salt, compress=True)
        database.execute("UPDATE accounts_session SET session_data = %s", [signed])
    assert ada.call("GET", "/me").status_code == 200


def test_a_session_of_the_rival_says_nothing_here(ada: Person, rival: TenantContext) -> None:
    with past_the_wall() as database, tenant_scope(rival):
        (said,) = database.execute(
            "SELECT session_data FROM accounts_session WHERE id = %s", [digest_of(ada.token)]
        ).fetchone() or ("",)
        assert SessionStore().decode(said) == {}


def test_the_migration_knows_sessions_by_the_same_digest(ada: Person) -> None:
    with past_the_wall() as database:
        digest = "SELECT encode(sha256(convert_to(%s, 'UTF8')), 'hex')"
        assert database.execute(digest, [ada.token]).fetchone() == (digest_of(ada.token),)


def test_a_guests_order_token_is_not_in_the_answer_that_is_kept(shop: TenantContext) -> None:
    open_for_business(shop)
    with tenant_scope(shop):
        order_id = buy()
        assert make_token("order", order_id) in stored_answer(order_id)
        assert places_of(make_token("order", order_id)) == set()
