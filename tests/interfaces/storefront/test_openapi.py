"""The public contract as a file: a change of it is a change of this snapshot, reviewed like code."""

import json
from pathlib import Path

from fastapi.routing import APIRoute
from starlette.routing import Route

from hansa.interfaces.storefront import routes
from hansa.interfaces.storefront.app import storefront
from hansa.interfaces.storefront.routes import carts, catalog, checkout, me

SNAPSHOT = Path(__file__).resolve().parents[3] / "docs" / "api" / "storefront.json"


def test_the_description_of_the_api_is_the_one_that_was_reviewed() -> None:
    """After a change on purpose: `make schemas`, and look at the difference."""
    assert json.loads(SNAPSHOT.read_text()) == storefront.app.openapi()


def test_every_endpoint_is_described_with_its_errors() -> None:
    for path, methods in storefront.app.openapi()["paths"].items():
        for method, operation in methods.items():
            assert operation.get("description"), (method, path)
            for status, answer in operation["responses"].items():
                if status.startswith("4"):
                    assert "application/problem+json" in answer["content"], (method, path, status)


def test_the_parameters_of_the_list_are_described() -> None:
    operation = storefront.app.openapi()["paths"]["/api/v1/products"]["get"]
    names = {parameter["name"] for parameter in operation["parameters"]}
    assert {"category", "q", "sort", "min_price", "max_price", "in_stock", "limit", "cursor", "facets"} <= names
    assert all(parameter["in"] == "query" for parameter in operation["parameters"])


def test_routes_and_description_agree_in_both_directions() -> None:
    described = {
        (path, method.upper()) for path, methods in storefront.app.openapi()["paths"].items() for method in methods
    }
    served = {
        (f"/api/v1{route.path}", method)
        for context in (carts, catalog, checkout, me)
        for route in context.router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert served == described
    own = {route.path for route in storefront.app.routes if isinstance(route, Route | APIRoute)}
    assert own == {"/api/openapi.json", "/api/docs"}


def test_every_context_is_served() -> None:
    files = {path.stem for path in Path(routes.__path__[0]).glob("*.py")} - {"__init__"}
    assert files == {"carts", "catalog", "checkout", "me"}
