"""What the crawler takes for a hint, and what only for an echo of what was asked."""

import asyncio
from dataclasses import replace

import pytest

from tests.isolation.client import Answer, Request, hang_up, send
from tests.isolation.crawl import _told
from tests.isolation.world import World

KEY = "/account/two-factor/webauthn/keys/{}/{}/"
NOWHERE = "4611686018427387904"


def ask(*requests: Request) -> list[Answer]:
    async def all_of_them() -> list[Answer]:
        try:
            return [await send(request) for request in requests]
        finally:
            await hang_up()

    return asyncio.run(all_of_them())


@pytest.mark.parametrize("verb", ["edit", "remove"])
def test_whoever_must_log_in_first_gets_back_what_they_asked_for_and_hears_nothing(world: World, verb: str) -> None:
    sent, wanted = (Request("GET", world.ours.host, KEY.format(one, verb)) for one in (_theirs(world), NOWHERE))
    told, expected = ask(sent, wanted)
    assert _theirs(world) in told.header("location"), "they shall come back to it"
    assert _told(told, f"/{_theirs(world)}/") == _told(expected, f"/{NOWHERE}/")


def test_what_was_not_asked_for_is_a_hint(world: World) -> None:
    (told,) = ask(Request("GET", world.ours.host, KEY.format(NOWHERE, "edit")))
    more = replace(told, headers=(*told.headers, ("etag", _theirs(world))))
    assert _told(told, f"/{NOWHERE}/") != _told(more, f"/{NOWHERE}/")


def _theirs(world: World) -> str:
    return str(world.theirs.ids["mfa_authenticator"][0])
