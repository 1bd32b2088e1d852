"""The FastAPI application: routes, documentation, and problem documents for every error."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import OperationalError
from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import compile_path

from hansa.interfaces.docs_page import docs_page
from hansa.interfaces.overload import too_long
from hansa.interfaces.problems import MEDIA_TYPE, bug, problem, problem_of
from hansa.interfaces.storefront.hardening import Hardening
from hansa.interfaces.storefront.routes import carts, catalog, checkout, me
from hansa.interfaces.storefront.security import SCHEMES, security_of
from hansa.kernel.errors import DomainError, FieldError

_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemOut"}}}
_ANYWHERE: dict[str, dict[str, Any]] = {
    "429": {
        "description": "`rate_limited`: too often; `Retry-After` says in how many seconds to try again",
        "content": _PROBLEM,
    },
    "503": {"description": "`overloaded`, `database_unavailable`: nothing was done, try again", "content": _PROBLEM},
}
_UNSAFE: dict[str, dict[str, Any]] = {
    "403": {"description": "`cross_site_request`, `csrf_failed`: no page of the shop has asked", "content": _PROBLEM},
}
_WITH_BODY: dict[str, dict[str, Any]] = {
    "400": {"description": "`malformed`: the body cannot be read", "content": _PROBLEM},
    "408": {"description": "`body_too_slow`", "content": _PROBLEM},
    "413": {"description": "`body_too_large`", "content": _PROBLEM},
}
_TITLES = {
    400: ("malformed", "The request cannot be read"),
    404: ("not_found", "Not found"),
    405: ("method_not_allowed", "Method not allowed"),
}


def _domain_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)  # noqa: S101  (registered for this type)
    status, body = problem_of(error, instance=request.url.path)
    return Response(body, status, media_type=MEDIA_TYPE)


def _database_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, OperationalError)  # noqa: S101  (registered for this type)
    busy = too_long(error)
    if busy is None:
        return _unforeseen(request, error)
    return _domain_error(request, busy)


def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  (registered for this type)
    code, title = _TITLES.get(error.status_code, ("http_error", str(error.detail)))
    detail = {
        404: f"There is nothing at {request.url.path}. The API is described at /api/docs.",
        405: f"{request.method} is not possible here. The API is described at /api/docs.",
    }.get(error.status_code, str(error.detail))
    body = problem(error.status_code, code, title, detail, instance=request.url.path)
    headers = dict(error.headers or {})
    if "Allow" in headers:
        headers["Allow"] = ", ".join(sorted(request.app.state.methods_at(request.url.path)))
    return Response(body, error.status_code, headers=headers, media_type=MEDIA_TYPE)


def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  (registered for this type)
    fields = [
        FieldError(".".join(str(part) for part in e["loc"][1:]), str(e["type"]), str(e["msg"])) for e in error.errors()
    ]
    detail = "; ".join(f"{f.field}: {f.message}" for f in fields)
    body = problem(
        422, "invalid", "The request makes no sense as it is", detail, instance=request.url.path, errors=fields
    )
    return Response(body, 422, media_type=MEDIA_TYPE)


def _unforeseen(request: Request, error: Exception) -> Response:
    return Response(bug(error, instance=request.url.path), 500, media_type=MEDIA_TYPE)


def build(*routers: APIRouter) -> Hardening:
    """Return the application that serves these routers under /api/v1."""
    app = FastAPI(
        title="Hansa storefront API",
        version="1",
        summary="What a shop's website or app needs: products, categories, carts, checkout, orders.",
        description=(
            "The shop is the host's: `http://<tenant>.localhost:8000`. Money is an integer in minor units with its"
            " currency; errors are RFC 9457 problem documents with a stable `code`; lists are cursor pages."
        ),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # an address has one spelling
    )
    for router in routers:
        app.include_router(router, prefix="/api/v1")
    app.state.methods_at = _methods(routers)
    app.add_api_route("/api/docs", _docs, include_in_schema=False)
    app.openapi = partial(_describe, app)  # type: ignore[method-assign]  # FastAPI's documented way
    app.add_exception_handler(DomainError, _domain_error)
    app.add_exception_handler(OperationalError, _database_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _unforeseen)
    return Hardening(app)


def _methods(routers: tuple[APIRouter, ...]) -> Callable[[str], set[str]]:
    """Return what tells the methods of an address: a route knows only its own."""
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    table = [(compile_path(f"/api/v1{route.path}")[0], route.methods or set()) for route in routes]

    def methods_at(path: str) -> set[str]:
        found = {method for pattern, methods in table if pattern.match(path) for method in methods} or {"GET"}
        return found | ({"HEAD"} if "GET" in found else set())  # see Hardening

    return methods_at


def _describe(app: FastAPI) -> dict[str, Any]:
    """Describe the API, with errors under the media type they really have, and what any call may be refused for."""
    if app.openapi_schema is None:
        schema = FastAPI.openapi(app)
        schema.setdefault("components", {})["securitySchemes"] = SCHEMES
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                operation["security"] = security_of(path, operation.get("tags", []))
                for status, answer in operation["responses"].items():
                    if status >= "400":
                        answer["content"] = {MEDIA_TYPE: answer["content"]["application/json"]}
                unsafe = _UNSAFE if method != "get" else {}
                with_body = _WITH_BODY if "requestBody" in operation else {}
                operation["responses"] = _ANYWHERE | unsafe | with_body | operation["responses"]
    return app.openapi_schema or {}


async def _docs() -> HTMLResponse:
    page, headers = docs_page(title="Hansa storefront API", schema="/api/openapi.json")
    return HTMLResponse(page, headers=headers)


storefront = build(catalog.router, carts.router, checkout.router, me.router)
