"""How tests crawl."""

from typing import Any

import pytest

from tests.isolation.world import World


def crawl_all(world: World, size: int, seed: int) -> Any:
    """Crawl everything; fails with what was found. Returns the report."""
    from tests.isolation.crawl import crawl

    report = crawl(world, size=size, seed=seed)
    if report.findings:
        pytest.fail(f"{report}\n" + "\n".join(report.findings[:40]))
    assert report.operations == report.reachable, sorted(report.reachable - report.operations)
    assert report.requests >= size
    print(report)  # noqa: T201  (shown with -s)
    return report


def found_by_crawl(world: World, *, only: str, size: int) -> list[str]:
    """Crawl the operations whose key holds `only`, and return what was found."""
    from tests.isolation.crawl import crawl

    return crawl(world, size=size, seed=1, only=only).findings
