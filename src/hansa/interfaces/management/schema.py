"""How the API describes itself (OpenAPI): every operation with its errors, its capability and its headers."""

import json
from typing import Any, Literal

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer

_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "instance", "code", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}
_ERRORS = {
    "400": "The request cannot be read",
    "401": "No valid API key, and not logged in",
    "403": "Not allowed",
    "404": "Not found",
    "406": "Only JSON is spoken here",
    "409": "Conflict",
    "412": "It has changed meanwhile",
    "413": "Too large",
    "415": "Not JSON",
    "422": "The request makes no sense as it is",
    "429": "Too many requests",
    "503": "Not available right now",
}


class Described(AutoSchema):
    """Adds what all operations share."""

    view: Any

    def get_description(self) -> str:  # type: ignore[override]  # spectacular's signature, which is not DRF's
        """Say which capability it takes."""
        capability = self.view.capabilities.get(self.view.action, "")
        told = str(super().get_description() or "")
        return f"{told}\n\nNeeds `{capability}`." if capability else told

    def get_override_parameters(self) -> list[Any]:
        """Describe `If-Match` where something is changed."""
        if self.method in {"PUT", "PATCH", "DELETE"} or (self.method == "POST" and "{" in self.path):
            told = "The `ETag` that you read: refused with 412 when it has changed meanwhile."
            return [OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, description=told)]
        return []

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        has_body = self.method in {"PUT", "PATCH", "POST"}
        for status, told in _ERRORS.items():
            if status == "404" and "{" not in self.path:
                continue
            if status in {"409", "412", "413", "415"} and self.method == "GET":
                continue
            if status in {"413", "415"} and not has_body:
                continue
            bodies.setdefault(status, {"description": told, "content": content})
        return bodies


def add_problem(result: dict[str, Any], **_: Any) -> dict[str, Any]:  # noqa: ANN401  (spectacular's signature)
    """Describe once what every error looks like."""
    result["components"]["schemas"]["Problem"] = _PROBLEM
    return result


def describe() -> dict[str, Any]:
    """Return the whole description, as `/manage/openapi.json` gives it."""
    make: Any = SchemaGenerator  # spectacular has no types
    generator = make()
    described: dict[str, Any] = json.loads(JSONRenderer().render(generator.get_schema(public=True)))
    return described


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # spectacular has no types
    """How the API's description tells of it."""

    target_class = "hansa.interfaces.management.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002  (spectacular's signature)
        """Return the scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "hansa_sk_…"}


class StaffSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # spectacular has no types
    """How the API's description tells of it."""

    target_class = "hansa.interfaces.management.authentication.StaffSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:  # noqa: ANN401, ARG002  (spectacular's signature)
        """Return the scheme."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}
