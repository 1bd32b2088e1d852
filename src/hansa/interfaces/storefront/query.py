"""Query strings of hot endpoints, read by one pydantic model.

FastAPI can do the same from the endpoint's signature, but walks all parameters in Python on every
request; measured, that was a quarter of a listing's time (docs/adr/0004). The model validates and
describes just the same.
"""

from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError


def read_query[Query: BaseModel](model: type[Query], request: Request) -> Query:
    """Return the request's query string as `model`. Raises RequestValidationError.

    A parameter that stands several times is a list.
    """
    values: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name in values:
            earlier = values[name]
            values[name] = [*earlier, value] if isinstance(earlier, list) else [earlier, value]
        else:
            values[name] = value
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise RequestValidationError([{**e, "loc": ("query", *e["loc"])} for e in error.errors()]) from None


def described(model: type[BaseModel]) -> dict[str, Any]:
    """Return what OpenAPI should say of the model's fields: one query parameter each."""
    schema = model.model_json_schema()
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "schema": _resolved(field, schema.get("$defs", {})),
            "description": field.get("description", ""),
        }
        for name, field in schema["properties"].items()
    ]
    return {"parameters": parameters}


def _resolved(field: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Put definitions where they are referred to: a parameter has no place for them."""
    if "$ref" in field:
        definition: dict[str, Any] = definitions[field["$ref"].rpartition("/")[2]]
        return definition
    if "anyOf" in field:
        return field | {"anyOf": [_resolved(part, definitions) for part in field["anyOf"]]}
    return field
