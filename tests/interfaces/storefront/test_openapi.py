"""The public contract as a file: a change of it is a change of this snapshot, reviewed like code."""

import json
from pathlib import Path

from hansa.interfaces.storefront.app import storefront

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
