"""Nothing of another shop, of another customer, or beyond somebody's role is read, written or hinted at."""

import pytest

from tests.isolation.crawling import crawl_all
from tests.isolation.walls import filters_off, policies_off
from tests.isolation.world import World

CI = 1_000
"""Requests of each of the two crawls behind one lock alone: 2,000."""

LONG = 7_000
"""The same for `make test-long`, and with both locks: 21,000."""

sizes = pytest.mark.parametrize("size", [CI, pytest.param(LONG, marks=pytest.mark.long)])


@pytest.mark.long
def test_both_locks(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    crawl_all(world, LONG, seed=1)
    logged = "".join(capfd.readouterr())
    assert '"event": "request"' in logged
    assert world.theirs.canary not in logged.replace("q=" + world.theirs.canary, "")


@sizes
def test_without_row_level_security(world: World, size: int) -> None:
    with policies_off():
        crawl_all(world, size, seed=2)


@sizes
def test_without_the_filters_of_the_orm(world: World, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    filters_off(monkeypatch)
    crawl_all(world, size, seed=3)
