"""Buyers: they know the API and nothing else."""

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


def percentile(seconds: Iterable[float], share: float) -> float:
    """Return the value below which `share` of them lie, in milliseconds; 0 for none."""
    ordered = sorted(seconds)
    return round(ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000, 1) if ordered else 0.0
