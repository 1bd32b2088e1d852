"""Web processes of one shop, each with a memory of its own, and what a visit costs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.testclient import TestClient

from hansa.domain.catalog import selectors
from hansa.domain.catalog.queries import VERSION_SQL
from hansa.interfaces.shop.keeping import answer
from hansa.interfaces.shop.keeping.memory import PageMemory
from hansa.kernel.postgresql import reading
from hansa.kernel.tenancy import TenantContext
from tests.worlds import browser

MEGABYTE = 1_000_000


@dataclass
class Visit:
    """What came back."""

    text: str
    headers: dict[str, str]
    was_kept: bool
    """Nothing was asked but how new the catalogue is."""


@dataclass
class Processes:
    """Several web processes, for one visitor."""

    client: TestClient
    patch: pytest.MonkeyPatch
    memories: list[PageMemory] = field(default_factory=lambda: [PageMemory(MEGABYTE), PageMemory(MEGABYTE)])

    def look(self, address: str, process: int = 0, *, status: int = 200, **headers: str) -> Visit:
        """Open an address where `process` answers."""
        asked: list[str] = []
        ask = reading.ask

        def count(sql: str, parameters: Any) -> Any:
            asked.append(sql)
            return ask(sql, parameters)

        with self.patch.context() as patch:
            patch.setattr(selectors, "ask", count)
            patch.setattr(answer, "memory", self.memories[process])
            came = self.client.get(address, headers=headers)
        assert came.status_code == status, came.text[:2000]
        return Visit(came.text, dict(came.headers), asked == [VERSION_SQL])

    def is_kept(self, address: str) -> bool:
        """Tell whether every process keeps the page from one visit to the next."""
        for number in range(len(self.memories)):
            self.look(address, number)
        return all(self.look(address, number).was_kept for number in range(len(self.memories)))


@contextmanager
def processes_of(tenant: TenantContext, patch: pytest.MonkeyPatch) -> Iterator[Processes]:
    """Return the processes of a tenant's shop, and a visitor who has no cookies yet."""
    with browser(tenant) as client:
        yield Processes(client, patch)
