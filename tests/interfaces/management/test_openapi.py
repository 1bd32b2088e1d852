"""The public contract as a file: a change of it is a change of this snapshot, reviewed like code."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver
from django.urls.resolvers import RegexPattern
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.validation import validate_schema

from hansa.interfaces.management import urls
from hansa.interfaces.management.schema import describe
from hansa.kernel.tenancy import TenantContext
from tests.worlds import browser

SNAPSHOT = Path(__file__).resolve().parents[3] / "docs" / "api" / "management.json"
UNDESCRIBED = {"/manage/openapi.json", "/manage/docs"}
"""The description itself; everything else below /manage/ that is no operation answers 404."""


def test_the_description_of_the_api_is_the_one_that_was_reviewed(shop: TenantContext) -> None:
    """After a change on purpose: `make schemas`, and look at the difference."""
    described = describe()
    assert json.loads(SNAPSHOT.read_text()) == described
    with browser(shop) as client:
        assert client.get("/manage/openapi.json").json() == described


def test_the_description_is_valid_and_nothing_in_it_was_guessed() -> None:
    GENERATOR_STATS.reset()
    check: Any = validate_schema
    check(describe())
    assert not GENERATOR_STATS


def test_routes_and_description_agree_in_both_directions() -> None:
    described = {
        (path, method)
        for path, methods in describe()["paths"].items()
        for method in methods
        if method in {"get", "post", "put", "patch", "delete"}
    }
    served = set(_served(urls.urlpatterns, "/manage/"))
    assert {path for path, _ in served} - {path for path, _ in described} == UNDESCRIBED
    assert {one for one in served if one[0] not in UNDESCRIBED} == described


def test_every_operation_is_described_with_its_errors() -> None:
    for path, methods in describe()["paths"].items():
        for method, operation in methods.items():
            assert operation["description"], (method, path)
            assert operation["security"], (method, path)
            for status, answer in operation["responses"].items():
                if status >= "4":
                    assert "application/problem+json" in answer["content"], (method, path, status)


def _served(patterns: Any, prefix: str) -> Iterator[tuple[str, str]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _served(one.url_patterns, prefix + str(one.pattern))
        elif isinstance(one, URLPattern) and not _is_the_rest(one):
            spelled = prefix + str(one.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
            path = re.sub(r"\(\?P<(\w+)>\[\^/\]\+\)", r"{\1}", spelled).replace("{pk}", "{id}")
            for method in getattr(one.callback, "actions", None) or {"get": ""}:
                if method != "head":
                    yield path, method


def _is_the_rest(pattern: URLPattern) -> bool:
    return isinstance(pattern.pattern, RegexPattern) and not str(pattern.pattern)
