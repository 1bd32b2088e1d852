"""Sockets: whoever may not listen hears nothing, and another shop's things are not there."""

import json
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from tests.isolation.actors import Actor, actors
from tests.isolation.enumeration import socket_operations
from tests.isolation.registry import REGISTRY, SLOTS
from tests.isolation.world import World

pytestmark = pytest.mark.timeout(120)
OPERATIONS = list(socket_operations())
UNKNOWN = UUID("0197ffff-0000-7000-8000-000000000000")


def hear(client: TestClient, host: str, path: str, actor: Actor) -> tuple[int, str]:
    """Return the code that a socket is closed with, or 0 and its first message."""
    cookies = "; ".join(f"{name}={value}" for name, value in actor.cookies())
    try:
        with client.websocket_connect(f"ws://{host}{path}", headers={"cookie": cookies}) as socket:
            return 0, json.dumps(socket.receive_json())
    except WebSocketDisconnect as closed:
        return closed.code, ""


def paths(operation: Any, shop: Any) -> list[str]:
    """Return the socket's address for each of a shop's things; one where it is about no thing."""
    if not operation.slots:
        return [operation.path]
    (slot,) = operation.slots
    return [operation.path.replace(f"{{{slot}}}", str(one)) for one in shop.ids[SLOTS[slot]]]


def test_there_are_sockets() -> None:
    assert len(OPERATIONS) >= 3


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.key)
def test_a_socket_speaks_to_those_who_may_and_of_our_shop_only(fresh_world: World, operation: Any) -> None:
    from hansa.config.asgi import application

    world = fresh_world  # in the other one, crawls have logged people out
    host = world.ours.host
    registered = REGISTRY[operation.key]
    with TestClient(application) as client:
        for actor in actors(world):
            may = actor.may_do(registered, "GET")
            own = [hear(client, host, path, actor) for path in paths(operation, world.ours)[:4]]
            if may:
                assert any(code == 0 for code, _ in own), f"{actor.name} hears nothing of our own"
            else:
                assert {code for code, _ in own} <= {4401, 4403}, (actor.name, own)
            if operation.slots:
                theirs = [hear(client, host, path, actor) for path in paths(operation, world.theirs)[:2]]
                (slot,) = operation.slots
                unknown = hear(client, host, operation.path.replace(f"{{{slot}}}", str(UNKNOWN)), actor)
                assert unknown[0] >= 4400
                assert set(theirs) == {unknown}, f"{actor.name} is told of another shop's things"
            assert world.theirs.canary not in str(own)
