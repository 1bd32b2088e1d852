"""Every operation that the installation offers, found by asking it: routes, pages, forms, actions, background work."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Operation:
    """One thing that can be asked for.

    `key` is what the registry calls it: `GET /api/v1/products`, `/admin/catalog/product/add/`,
    `/admin/orders/order/<path:object_id>/do/refund/`, `/admin/catalog/product/ !archive`, `handler …`.
    """

    key: str
    path: str = ""
    """The address with its slots, `/api/v1/carts/{cart_id}`; empty for what has none."""
    methods: tuple[str, ...] = ("GET", "POST")
    action: str = ""
    """The value of `action` that a list's form sends."""

    @property
    def slots(self) -> tuple[str, ...]:
        return tuple(re.findall(r"{(\w+)}", self.path))


def all_operations() -> list[Operation]:
    """Return every operation, sorted by key."""
    found: dict[str, Operation] = {}
    offered = (*storefront_operations(), *django_operations(), *socket_operations(), *background_operations())
    for operation in offered:
        found.setdefault(operation.key, operation)  # of two equal addresses only the first is ever reached
    return sorted(found.values())


def storefront_operations() -> Iterator[Operation]:
    """Yield the endpoints of the FastAPI application, sockets too."""
    from hansa.interfaces.storefront.app import storefront

    for route in _all_routes(_fastapi_of(storefront).routes):
        methods = sorted((getattr(route, "methods", None) or {"WEBSOCKET"}) - {"HEAD"})
        path = re.sub(r"{(\w+):\w+}", r"{\1}", route.path)
        for method in methods:
            yield Operation(f"{method} {path}", path, (method,))


def socket_operations() -> Iterator[Operation]:
    """Yield the sockets; what they say to whom, `test_sockets.py` asks, for they are no requests."""
    from hansa.interfaces.realtime.routes import ROUTES

    yield from (Operation(f"WEBSOCKET {path}", path, ()) for path in ROUTES)


def _all_routes(routes: Any) -> Iterator[Any]:
    for route in routes:
        inner = getattr(route, "effective_candidates", None)
        if inner is not None:
            yield from _all_routes(route.effective_candidates())
        elif hasattr(route, "path"):
            yield route
        else:
            message = f"The crawler does not know what kind of route this is: {route!r}"
            raise TypeError(message)


def _fastapi_of(application: Any) -> Any:
    """Return the FastAPI application inside whatever is wrapped around it."""
    while not hasattr(application, "routes"):
        application = next(value for value in vars(application).values() if callable(value))
    return application


def django_operations() -> Iterator[Operation]:
    """Yield every address that Django's resolver knows: pages, operations and actions of the back office, views."""
    from django.urls import get_resolver

    for route, pattern, admin in _walk(get_resolver().url_patterns, "/"):
        path = re.sub(r"\(\?P<(\w+)>[^()]*\)|<(?:\w+:)?(\w+)>", r"{\1\2}", route).replace("^", "").replace("$", "")
        methods = _methods_of(pattern.callback)
        if methods is not None:
            for method in methods:
                yield Operation(f"{method} {path}", path, (method,))
        elif route.endswith("/do/<slug:operation>/"):
            for one in admin.operations:
                place = path.replace("{operation}", one.name)
                yield Operation(route.replace("<slug:operation>", one.name), place, ("POST",))
        else:
            yield Operation(route, path)
            for name in _actions_of(pattern, admin):
                yield Operation(f"{route} !{name}", path, ("POST",), action=name)


def _walk(patterns: Any, prefix: str) -> Iterator[tuple[str, Any, Any]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield route, pattern, _admin_of(pattern)


def _admin_of(pattern: Any) -> Any:
    """Return the back office's page that the address belongs to, if it is one's."""
    from hansa.interfaces.backoffice.site import backoffice

    name = pattern.name or ""
    for model, page in backoffice._registry.items():  # noqa: SLF001  (Django's documented name)
        if name.startswith(f"{model._meta.app_label}_{model._meta.model_name}_"):
            return page
    return None


def _actions_of(pattern: Any, admin: Any) -> list[str]:
    if admin is None or not pattern.name.endswith("_changelist"):
        return []
    return [name for _, name, _ in admin._get_base_actions() if name != "delete_selected"]  # noqa: SLF001  (before permissions)


def _methods_of(view: Any) -> list[str] | None:
    """Return the methods of a class-based view (an API's); None for a view that decides by itself."""
    if getattr(view, "actions", None):
        return sorted(method.upper() for method in view.actions if method != "head")
    kind = getattr(view, "cls", None)
    if kind is None:
        return None
    return sorted(name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(kind, name))


def background_operations() -> Iterator[Operation]:
    """Yield the events' handlers, the worker's duties, and our own commands."""
    from importlib import import_module
    from pkgutil import iter_modules

    from hansa.domain.events import registry
    from hansa.domain.work.registry import all_duties, all_jobs

    for name, handlers in registry.all_handlers().items():
        yield from (Operation(f"handler {name} {one.name}") for one in handlers if ".tests." not in one.name)
    yield from (Operation(f"duty {one.name}") for one in all_duties())
    yield from (Operation(f"job {one.name}") for one in all_jobs())
    commands = import_module("hansa.interfaces.commands.management.commands")
    yield from (Operation(f"command {module.name}") for module in iter_modules(commands.__path__))
