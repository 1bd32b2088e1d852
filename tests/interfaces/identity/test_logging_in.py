"""Signing up, logging in and out, through allauth's API."""

from typing import Any

import pytest
from django.test import override_settings

from hansa.kernel.tenancy import TenantContext
from tests.interfaces.conftest import Meet
from tests.people import PASSWORD, Person, last_code
from tests.worlds import entered


def test_a_person_signs_up_proves_the_address_and_is_logged_in(meet: Meet, shop: TenantContext) -> None:
    ada = meet(shop, "Ada@Example.com")
    answer = ada.ask("POST", "/auth/signup", {"email": ada.email, "password": PASSWORD})
    assert answer.status_code == 401
    assert {"id": "verify_email", "is_pending": True} in answer.json()["data"]["flows"]
    assert ada.ask("POST", "/auth/email/verify", {"key": "WRONGCODE"}).status_code == 400
    answer = ada.ask("POST", "/auth/email/verify", {"key": last_code(shop, "ada@example.com")})
    assert answer.status_code == 200
    assert answer.json()["data"]["user"]["email"] == "ada@example.com"
    assert ada.ask("GET", "/auth/session").status_code == 200
    ada.ask("DELETE", "/auth/session")
    assert ada.ask("GET", "/auth/session").status_code in {401, 410}


def test_a_code_is_tried_three_times(meet: Meet, shop: TenantContext) -> None:
    ada = meet(shop)
    ada.ask("POST", "/auth/signup", {"email": ada.email, "password": PASSWORD})
    code = last_code(shop, ada.email)
    for _ in range(3):
        assert ada.ask("POST", "/auth/email/verify", {"key": "WRONGCODE"}).status_code == 400
    assert ada.ask("POST", "/auth/email/verify", {"key": code}).status_code == 409


@pytest.mark.parametrize("password", ["short", "password1234", "123456789012345"])
def test_a_weak_password_is_refused(meet: Meet, shop: TenantContext, password: str) -> None:
    answer = meet(shop).ask("POST", "/auth/signup", {"email": "ada@example.com", "password": password})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["param"] == "password"


def test_a_person_logs_in_with_the_password(ada: Person) -> None:
    assert ada.log_in("not the password").status_code == 400
    answer = ada.log_in()
    assert answer.status_code == 200
    assert [method["method"] for method in answer.json()["data"]["methods"]] == ["password"]


def test_a_person_logs_in_with_a_code(ada: Person, shop: TenantContext) -> None:
    ada.token = ""
    assert ada.ask("POST", "/auth/code/request", {"email": ada.email}).status_code == 401
    assert ada.ask("POST", "/auth/code/confirm", {"code": "WRONGCODE"}).status_code == 400
    assert ada.ask("POST", "/auth/code/confirm", {"code": last_code(shop, ada.email)}).status_code == 200


def test_a_forgotten_password_is_replaced_and_every_session_ends(ada: Person, meet: Meet, shop: TenantContext) -> None:
    elsewhere = meet(shop)
    assert elsewhere.ask("POST", "/auth/password/request", {"email": ada.email}).status_code == 401
    new = {"key": last_code(shop, ada.email), "password": "another-Lantern-50"}
    answer = elsewhere.ask("POST", "/auth/password/reset", new)
    assert answer.status_code == 200
    assert ada.ask("GET", "/auth/session").status_code == 410
    assert ada.log_in().status_code == 400
    assert ada.log_in("another-Lantern-50").status_code == 200


def test_an_account_of_the_rival_is_none_here(meet: Meet, shop: TenantContext, rival: TenantContext) -> None:
    there = meet(rival).sign_up()
    here = meet(shop)
    assert here.log_in().status_code == 400
    here.token = there.token
    assert here.ask("GET", "/auth/session").status_code == 410
    assert here.call("GET", "/me").status_code == 401
    here.token = ""
    here.sign_up("a-different-Password-1")
    assert there.log_in().status_code == 200


def test_a_stranger_cannot_lock_the_owner_out(ada: Person, meet: Meet, shop: TenantContext) -> None:
    stranger = meet(shop)
    with override_settings(RATES={"login": "1000/minute"}):
        statuses = [stranger.log_in(f"guess number {number}").status_code for number in range(12)]
        assert statuses == [400] * 12
        last = stranger.log_in("guess").json()
        assert last["errors"][0]["code"] == "too_many_login_attempts"
        assert stranger.log_in(PASSWORD).status_code == 400  # even the right one: ten tries are all
        assert ada.log_in().status_code == 200  # whose browser has been in before


def test_whoever_only_claims_an_address_loses_it_to_the_owner(meet: Meet, shop: TenantContext) -> None:
    squatter = meet(shop, "grace@example.com")
    squatter.ask("POST", "/auth/signup", {"email": squatter.email, "password": PASSWORD})
    ada = meet(shop).sign_up()
    ada.confirm_again()
    assert ada.ask("POST", "/account/email", {"email": "grace@example.com"}).status_code in {200, 403}
    answer = ada.ask("POST", "/auth/email/verify", {"key": last_code(shop, "grace@example.com")})
    assert answer.status_code == 200, answer.text
    from hansa.domain.accounts.models import User

    with entered(shop):
        assert [user.email for user in User.objects.all()] == ["grace@example.com"]
    assert ada.call("GET", "/me").json()["email"] == "grace@example.com"


def test_a_password_that_waited_for_the_owner_opens_nothing(meet: Meet, shop: TenantContext) -> None:
    lurker, owner = meet(shop), meet(shop)
    lurker.ask("POST", "/auth/signup", {"email": "ada@example.com", "password": PASSWORD})
    owner.ask("POST", "/auth/code/request", {"email": "ada@example.com"})
    assert owner.ask("POST", "/auth/code/confirm", {"code": last_code(shop, "ada@example.com")}).status_code == 200
    assert owner.call("GET", "/me").status_code == 200
    assert lurker.call("GET", "/me").status_code == 401
    assert lurker.log_in().status_code == 400


def test_a_new_password_for_an_account_that_was_never_proved_is_the_owners(meet: Meet, shop: TenantContext) -> None:
    lurker, owner = meet(shop), meet(shop)
    lurker.ask("POST", "/auth/signup", {"email": "ada@example.com", "password": PASSWORD})
    owner.ask("POST", "/auth/password/request", {"email": "ada@example.com"})
    new = {"key": last_code(shop, "ada@example.com"), "password": "another-Lantern-50"}
    assert owner.ask("POST", "/auth/password/reset", new).status_code == 200
    assert owner.log_in("another-Lantern-50").status_code == 200
    assert lurker.log_in().status_code == 400


def test_a_deactivated_person_is_out_at_once(ada: Person, shop: TenantContext) -> None:
    from hansa.domain.accounts.models import User

    assert ada.call("GET", "/me").status_code == 200
    with entered(shop):
        User.objects.update(is_active=False)
    assert ada.call("GET", "/me").status_code == 401
    assert ada.ask("GET", "/auth/session").status_code == 401
    assert ada.log_in().status_code == 400


def test_what_is_sent_says_the_code_and_forgets_it(ada: Person, shop: TenantContext, outbox: list[Any]) -> None:
    from hansa.domain.notifications.models import Notification
    from hansa.domain.work.services.perform import work_off
    from hansa.kernel import clock
    from hansa.kernel.tenancy import tenant_scope

    ada.token = ""
    ada.ask("POST", "/auth/code/request", {"email": ada.email})
    code = last_code(shop, ada.email)
    with tenant_scope(shop):
        work_off(now=clock.now())
    assert code in outbox[-1].body
    assert code in outbox[-1].alternatives[0].content
    assert outbox[-1].from_email == f"{shop.name} <shop@localhost>"
    with entered(shop):
        assert not Notification.objects.exclude(content=None).exists()
