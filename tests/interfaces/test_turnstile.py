"""A few at a time, and on the beat."""

import asyncio
from typing import Any

import pytest
from django.test import override_settings

from hansa.interfaces import turnstile
from hansa.interfaces.turnstile import TooManyWaiting, Turnstile


def scope(method: str = "POST", path: str = "/_allauth/app/v1/auth/login") -> dict[str, Any]:
    return {"type": "http", "method": method, "path": path, "headers": []}


class Crowd:
    """An application that lets its visitors go when it is told to, and counts them."""

    def __init__(self, status: int = 200) -> None:
        self.inside = self.most = 0
        self.go_on = asyncio.Event()
        self.status = status

    async def __call__(self, _scope: Any, _receive: Any, send: Any) -> None:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self.go_on.wait()
        self.inside -= 1
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _nothing() -> Any:
    return {"type": "http.disconnect"}


async def _crowd(requests: list[dict[str, Any]], status: int = 200) -> tuple[Crowd, list[Any], list[Any]]:
    crowd, answers = Crowd(status), list[Any]()
    gate = Turnstile(crowd)

    async def keep(message: Any) -> None:
        answers.append(message)

    tasks = [asyncio.create_task(gate(one, _nothing, keep)) for one in requests]
    for _ in range(50):  # turns of the loop: enough for everybody to come as far as they can
        await asyncio.sleep(0)
    crowd.go_on.set()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    return crowd, answers, [one for one in results if one]


@override_settings(ACCOUNT_REQUESTS_AT_ONCE=3)
def test_no_more_than_so_many_are_inside_and_all_get_in() -> None:
    crowd, answers, errors = asyncio.run(_crowd([scope() for _ in range(20)]))
    assert (crowd.most, len(answers), errors) == (3, 40, [])


@override_settings(ACCOUNT_REQUESTS_AT_ONCE=3)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/account/login/"), ("POST", "/cart/add"), ("POST", "/api/v1/carts")]
)
def test_whoever_does_not_log_in_need_not_wait(method: str, path: str) -> None:
    crowd, _, _ = asyncio.run(_crowd([scope(method, path) for _ in range(20)]))
    assert crowd.most == 20


@override_settings(ACCOUNT_REQUESTS_AT_ONCE=3)
def test_the_queue_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turnstile, "MAX_WAITING", 5)
    crowd, answers, errors = asyncio.run(_crowd([scope() for _ in range(8)]))
    assert [type(error) for error in errors] == [TooManyWaiting] * 3
    assert (crowd.most, len(answers)) == (3, 10)


@override_settings(ACCOUNT_REQUESTS_AT_ONCE=3)
def test_who_asked_too_often_is_told_when_to_come_again() -> None:
    _, answers, _ = asyncio.run(_crowd([scope()], status=429))
    assert (b"retry-after", b"60") in answers[0]["headers"]


def test_what_is_left_of_a_beat_is_waited_for() -> None:
    assert turnstile.until_the_beat(0.1, 0.25) == pytest.approx(0.15)
    assert turnstile.until_the_beat(0.26, 0.25) == pytest.approx(0.24)
    assert turnstile.until_the_beat(0.1, 0) == 0
