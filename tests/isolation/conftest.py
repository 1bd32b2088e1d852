"""The world, made once for each test process."""

from typing import Any

import pytest

_made: list[Any] = []


@pytest.fixture
def fresh_world() -> Any:
    """Return three shops of the test's own, which it may change."""
    from tests.isolation.world import make_world

    return make_world()


@pytest.fixture
def world() -> Any:
    """Return the three shops; tests of the crawler do not change them."""
    from tests.isolation.world import make_world

    if not _made:
        _made.append(make_world())
    return _made[0]
