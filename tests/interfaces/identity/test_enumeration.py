"""Nobody is told who has an account. How long the answers take is measured in bench/enumeration_benchmark.py."""

import json
from typing import Any

import pytest
from django.test import override_settings

from hansa.kernel.tenancy import TenantContext
from tests.interfaces.conftest import Meet
from tests.people import PASSWORD, Person
from tests.worlds import browser, entered

PEOPLE = 500
SOME = 5
ASKED: list[Any] = [
    ("/auth/login", {"password": "not the password"}),
    ("/auth/signup", {"password": PASSWORD}),
    ("/auth/password/request", {}),
    ("/auth/code/request", {}),
]


def make_people(tenant: TenantContext, number: int) -> None:
    from allauth.account.models import EmailAddress
    from django.contrib.auth.hashers import make_password

    from hansa.domain.accounts.models import User

    encoded = make_password(PASSWORD)
    with entered(tenant):
        people = [User(email=f"known{one}@example.com", password=encoded) for one in range(number)]
        User.objects.bulk_create(people)
        EmailAddress.objects.bulk_create(
            [EmailAddress(user=one, email=one.email, verified=True, primary=True) for one in people]
        )


def said(client: Any, path: str, body: dict[str, Any]) -> tuple[int, str, tuple[str, ...]]:
    """Return status, body and the names of the headers, without what is new each time."""
    answer = client.post(f"/_allauth/app/v1{path}", json=body)
    document = answer.json()
    assert len(document.get("meta", {}).pop("session_token", "x" * 32)) == 32
    return answer.status_code, json.dumps(document, sort_keys=True), tuple(sorted(answer.headers))


def ask_everybody(tenant: TenantContext, path: str, body: dict[str, Any], number: int) -> set[Any]:
    make_people(tenant, number)
    answers = set()
    with browser(tenant) as client, override_settings(ACCOUNT_RATE_LIMITS=False):
        for one in range(number):
            for kind in ("known", "unknown"):
                answers.add(said(client, path, body | {"email": f"{kind}{one}@example.com"}))
    return answers


@pytest.mark.parametrize(("path", "body"), ASKED)
def test_a_known_and_an_unknown_address_get_the_same_answer(
    shop: TenantContext, path: str, body: dict[str, Any]
) -> None:
    assert len(ask_everybody(shop, path, body, SOME)) == 1


@pytest.mark.long
@pytest.mark.parametrize(("path", "body"), ASKED)
def test_five_hundred_of_each_get_the_same_answer(shop: TenantContext, path: str, body: dict[str, Any]) -> None:
    assert len(ask_everybody(shop, path, body, PEOPLE)) == 1


def test_the_same_letters_are_written_for_both(shop: TenantContext) -> None:
    from hansa.domain.notifications.models import Notification

    make_people(shop, 1)
    with browser(shop) as client, override_settings(ACCOUNT_RATE_LIMITS=False):
        for number, (path, body) in enumerate(ASKED):
            unknown = f"unknown{number}@example.com"
            with entered(shop):
                Notification.objects.all().delete()
            for email in ("known0@example.com", unknown):
                said(client, path, body | {"email": email})
            with entered(shop):
                letters = sorted(Notification.objects.values_list("recipient", flat=True))
            assert letters in ([], ["known0@example.com", unknown]), path


def test_too_many_attempts_are_counted_alike(meet: Meet, shop: TenantContext) -> None:
    make_people(shop, 1)
    answers = []
    for kind in ("known", "unknown"):
        stranger: Person = meet(shop, f"{kind}0@example.com")
        with override_settings(RATES={"login": "1000/minute"}):
            answers.append([stranger.log_in(f"guess {number}").json() for number in range(12)])
    assert answers[0] == answers[1]
    assert answers[0][0] != answers[0][-1]
