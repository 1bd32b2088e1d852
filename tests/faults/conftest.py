"""What the faults have in common: the processes, started once, and shops to buy in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.serving import SHORT, Running, web, worker


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands here: `make test` leaves it to `make test-faults`."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker("faults")


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    """Return two web processes, with a worker beside them."""
    with worker(environment=SHORT), web(environment=SHORT) as running:
        yield running
