"""Buyers: they know the API and nothing else."""

import asyncio
import http.client
import json
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from hansa.kernel.tenancy import TenantContext

ADA = {
    "first_name": "Ada",
    "last_name": "Byron",
    "line1": "1 High Street",
    "city": "Berlin",
    "postal_code": "10115",
    "country": "DE",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0: nothing did."""

    status: int
    body: bytes
    seconds: float
    is_replay: bool = False

    @property
    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The code of a problem, or nothing."""
        if not self.status:
            return "broken"
        return str(self.json.get("code", "")) if self.status >= 400 else ""


@dataclass(frozen=True, slots=True)
class FilledCart:
    """A cart that can be ordered."""

    id: str
    token: str
    total: int


@dataclass(frozen=True, slots=True)
class Buyer:
    """Somebody in front of one shop."""

    port: int
    shop: TenantContext

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Ask once; a connection that breaks is an answer too: none."""
        started = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(
                method,
                path,
                body=None if body is None else json.dumps(body),
                headers={"Host": f"{self.shop.slug}.localhost", "Content-Type": "application/json"}
                | {name.replace("_", "-"): value for name, value in headers.items()},
            )
            response = connection.getresponse()
            told = response.read()
            is_replay = response.headers.get("idempotency-replayed") == "true"
            return Answer(response.status, told, time.perf_counter() - started, is_replay)
        except (OSError, http.client.HTTPException):
            return Answer(0, b"", time.perf_counter() - started)
        finally:
            connection.close()

    def fill(self, lines: Iterable[tuple[UUID, int]], method_id: UUID, **fields: Any) -> FilledCart:
        """Make a cart with everything that an order needs, in one call."""
        wanted = [{"variant_id": str(variant), "quantity": quantity} for variant, quantity in lines]
        who = {"email": "ada@example.com", "shipping_address": ADA, "shipping_method_id": str(method_id)}
        answer = self.ask("POST", "/api/v1/carts", {"lines": wanted} | who | fields)
        assert answer.status == 201, answer.body
        cart = answer.json
        return FilledCart(cart["id"], cart["token"], cart["totals"]["total"]["amount"])

    def check_out(self, cart: FilledCart, *, method: str = "ok", key: str = "", **fields: Any) -> Answer:
        """Order what is in the cart."""
        payment = {"provider": fields.pop("provider", "manual"), "method": method}
        return self.ask(
            "POST",
            f"/api/v1/carts/{cart.id}/checkout",
            {"payment": payment} | fields,
            Authorization=f"Cart {cart.token}",
            Idempotency_Key=key or str(uuid4()),
        )

    def order(self, cart: FilledCart) -> bytes:
        """Return the request that orders what is in the cart, as it goes over the wire."""
        body = b'{"payment":{"provider":"manual","method":"ok"}}'
        head = (
            f"POST /api/v1/carts/{cart.id}/checkout HTTP/1.1",
            f"Host: {self.shop.slug}.localhost",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            f"Authorization: Cart {cart.token}",
            f"Idempotency-Key: {uuid4()}",
            "Connection: close",
        )
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body

    def keep_trying(self, cart: FilledCart, *, key: str, seconds: float = 60, **how: Any) -> Answer:
        """Repeat the same attempt until it has an answer that will not change, as a client must."""
        deadline = time.monotonic() + seconds
        while True:
            answer = self.check_out(cart, key=key, **how)
            is_open = answer.status in {0, 503} or answer.code == "checkout_in_progress"
            if not is_open or time.monotonic() > deadline:
                return answer
            time.sleep(0.2)


def crowd[Result](calls: Sequence[Callable[[], Result]], *, at_once: int) -> list[Result]:
    """Let so many of them act at once until all have; their results in order."""

    def act(call: Callable[[], Result]) -> Result:
        try:
            return call()
        finally:
            connection.close()  # a thread that ends does not give its connection back by itself

    with ThreadPoolExecutor(at_once) as pool:
        return [future.result() for future in [pool.submit(act, call) for call in calls]]


def rush(port: int, requests: Sequence[bytes], *, at_once: int) -> list[Answer]:
    """Let so many requests be under way at once until all are answered, at the least cost for this process.

    A busy machine may answer "overloaded": then it is asked again, as `Retry-After` says.
    """

    async def ask(request: bytes, places: asyncio.Semaphore) -> Answer:
        async with places:
            while True:
                started = time.perf_counter()
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(request)
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
                seconds = time.perf_counter() - started
                writer.close()
                answer = Answer(int(head[9:12] or 0), body, seconds)
                if answer.status != 503:
                    return answer
                await asyncio.sleep(0.2)

    async def all_of_them() -> list[Answer]:
        places = asyncio.Semaphore(at_once)
        return await asyncio.gather(*(ask(request, places) for request in requests))

    return asyncio.run(all_of_them())


def percentile(seconds: Iterable[float], share: float) -> float:
    """Return the value below which `share` of them lie, in milliseconds; 0 for none."""
    ordered = sorted(seconds)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 1) if ordered else 0.0
