"""What the faults have in common: the processes, started once, and shops to buy in."""

from collections.abc import Iterator

import pytest

from tests.faults.serving import SHORT, Running, web, worker


@pytest.fixture(scope="module")
def served() -> Iterator[Running]:
    """Return two web processes, with a worker beside them."""
    with worker(environment=SHORT), web(environment=SHORT) as running:
        yield running
