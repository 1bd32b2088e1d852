"""What is sent: for each operation every actor's request, with others' ids put into each place that holds one."""

import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any
from uuid import UUID, uuid5

from tests.interfaces.backoffice.conftest import filled
from tests.isolation.actors import CSRF, Actor, own_cart, own_order
from tests.isolation.client import Request
from tests.isolation.enumeration import Operation
from tests.isolation.registry import SLOTS, WORDS, Registered
from tests.isolation.world import World

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UNKNOWN = UUID("0197ffff-0000-7000-8000-000000000000")


@dataclass(frozen=True)
class Case:
    """One request and what it must be like: refused, or answered as `control` is."""

    operation: Operation
    actor: Actor
    request: Request
    control: Request | None = None
    """None: the actor may not do this at all."""
    sent: str = ""
    """What stands in the request where the control has `instead`."""
    instead: str = ""
    is_plain: bool = True
    """No crooked path, no strange header."""

    def __str__(self) -> str:
        sent = self.request.form or self.request.body or ""
        return f"{self.actor.name}: {self.request.method} {self.request.path}?{self.request.query} {sent}"


class Cases:
    """Makes the cases of a world."""

    def __init__(self, world: World, pages: Mapping[str, str], seed: int) -> None:
        """Take the world, the pages that its owner sees, by address, and what chance begins with."""
        self.world, self.pages = world, pages
        self.random = random.Random(seed)  # noqa: S311  (which rows are tried)
        self.table_of: dict[Any, str] = {row: table for table, rows in world.ours.ids.items() for row in rows}

    def own(self, table: str) -> UUID:
        """Return the id of a thing of ours; a visitor's own cart and order where it is about those."""
        ours = self.world.ours
        if table == "carts_cart":
            return own_cart(ours)
        if table == "orders_order":
            return own_order(ours)
        if table == "accounts_user":
            return ours.people["colleague"]  # who does not ask: owners may suspend them, and so they do
        rows = ours.ids.get(table) or [ours.tenant.id]
        return rows[-2] if table == "carts_cartline" else rows[0]

    def plain(self, operation: Operation, registered: Registered, actor: Actor, method: str) -> Request:
        """Return the actor's request for things of our own shop."""
        path = operation.path
        for slot in operation.slots:
            path = path.replace(f"{{{slot}}}", self._fill(slot, registered))
        request = Request(method, self.world.ours.host, path, cookies=actor.cookies(), headers=actor.headers(path))
        words = {"word": "mug"}
        if method in {"GET", "DELETE"}:
            return replace(request, query=_put(registered.query, partial(self._word_or_id, words)))
        if path.startswith(("/api/", "/callbacks/", "/manage/", "/_allauth/")):
            return replace(request, body=_put(registered.body, partial(self._word_or_id, words)))
        return replace(request, form=tuple(self._form(operation, registered, path).items()))

    def _fill(self, slot: str, registered: Registered) -> str:
        if slot == "tenant_id":
            return str(self.world.ours.tenant.id)
        table = (
            registered.slots.get(slot) or SLOTS.get(slot) or (registered.table if slot.endswith("object_id") else "")
        )
        return str(self.own(table)) if table else WORDS[slot]

    def _word_or_id(self, words: Mapping[str, str], name: str) -> str:
        return words[name] if name in words else str(self.own(name))

    def _form(self, operation: Operation, registered: Registered, path: str) -> dict[str, str]:
        form: dict[str, str] = {"csrfmiddlewaretoken": CSRF}
        if registered.body:
            form |= _put(registered.body, partial(self._word_or_id, {}))
            return form
        if operation.action:
            chosen = {"action": operation.action, "index": "0", "select_across": "0", "is_chosen": "1"}
            more = _put(registered.form or {}, partial(self._word_or_id, {}))
            form |= chosen | {"_selected_action": str(self.own(registered.table))} | more
            return form
        if path.endswith("/delete/"):
            return form | {"post": "yes"}
        return form | _values_of(self.pages.get(re.sub(r"do/\w+/$", "change/", path), ""))

    def denied(self, operation: Operation, registered: Registered, actors: list[Actor]) -> Iterator[Case]:
        """Yield what those ask who may not, and the same by crooked ways."""
        for actor in actors:
            for method in operation.methods:
                if actor.may_do(registered, method):
                    continue
                plain = self.plain(operation, registered, actor, method)
                yield Case(operation, actor, plain)
                first, _, rest = plain.path.removeprefix("/").partition("/")
                for crooked in (
                    f"/{first}/./{rest}",
                    f"/{first}//{rest}",
                    f"/{first};x/{rest}",
                    f"/{first.upper()}/{rest}",
                ):
                    yield Case(operation, actor, replace(plain, path=crooked), is_plain=False)
                if method == "POST":
                    hidden = (
                        *plain.headers,
                        ("x-http-method-override", "GET"),
                        ("x-forwarded-user", "owner@example.com"),
                    )
                    yield Case(operation, actor, replace(plain, headers=hidden), is_plain=False)

    def foreign(self, operation: Operation, registered: Registered, actors: list[Actor]) -> Iterator[Case]:
        """Yield what those ask who may, about things that are not theirs."""
        world = self.world
        for actor in actors:
            for method in operation.methods:
                if not actor.may_do(registered, method):
                    continue
                plain = self.plain(operation, registered, actor, method)
                if method == "GET" and registered.table and operation.key.count("<") == 0:
                    plain = replace(plain, query=self._filters(registered.table))
                yield from self._with_others_ids(operation, actor, plain)
                if "mug" in plain.query:
                    word = uuid5(_UNKNOWN, "word").hex[: len(world.theirs.canary)]
                    control = replace(plain, query=plain.query.replace("mug", word))
                    query = plain.query.replace("mug", world.theirs.canary)
                    yield Case(operation, actor, replace(plain, query=query), control, world.theirs.canary, word)
                for more in self._lies() if method == "GET" else ():
                    told = replace(plain, headers=(*plain.headers, *more))
                    yield Case(operation, actor, told, plain, is_plain=False)

    def _with_others_ids(self, operation: Operation, actor: Actor, plain: Request) -> Iterator[Case]:
        """Yield the request with each id in it replaced, by one of each shop's, and by one beyond the actor's reach."""
        ours, others = self.world.ours.tenant, (self.world.theirs, self.world.third)
        for found in sorted({*_ID.findall(plain.path), *_ID.findall(_written(plain))}):
            table = self.table_of.get(UUID(found), "")
            pools = [[shop.tenant.id] if found == str(ours.id) else shop.ids.get(table, []) for shop in others]
            if found in plain.path or ("_selected_action", found) in (plain.form or ()):
                # Forms offer all shelves and warehouses, also to those who work in some of them only.
                pools.append(list(actor.beyond.get(table, [])))
            for pool in filter(None, pools):
                yield self._swapped(operation, actor, plain, found, str(self.random.choice(pool)))
        counted = [one for one in re.findall(r"/(\d+)/", plain.path) if int(one) in self.table_of]
        for found in counted:
            for shop in others:
                other, unknown = f"/{shop.ids[self.table_of[int(found)]][0]}/", "/4611686018427387904/"
                told, control = (_swap(plain, f"/{found}/", one) for one in (other, unknown))
                yield Case(operation, actor, told, control, other, unknown)

    def _swapped(self, operation: Operation, actor: Actor, plain: Request, found: str, other: str) -> Case:
        unknown = str(uuid5(_UNKNOWN, found))
        return Case(operation, actor, _swap(plain, found, other), _swap(plain, found, unknown), other, unknown)

    def _filters(self, table: str) -> str:
        from django.apps import apps

        model = next(one for one in apps.get_models() if one._meta.db_table == table)
        relations = [(one.name, one.related_model) for one in model._meta.local_fields if one.is_relation]
        ids = [f"{name}__id__exact={self.own(other._meta.db_table)}" for name, other in relations if other]
        return "&".join(["q=mug", f"about={self.own(table)}", *ids[:1]])

    def _lies(self) -> list[tuple[tuple[str, str], ...]]:
        theirs = self.world.theirs
        return [
            (("x-forwarded-host", theirs.host), ("forwarded", f"host={theirs.host}")),
            (
                ("x-tenant", str(theirs.tenant.id)),
                ("x-tenant-id", theirs.tenant.slug),
                ("x-original-host", theirs.host),
            ),
            (("idempotency-key", "key"), ("if-match", f'"{theirs.ids["carts_cart"][0]}"')),
        ]


def _swap(request: Request, old: str, new: str) -> Request:
    form = request.form and tuple((name, value.replace(old, new)) for name, value in request.form)
    body = _replaced(request.body, old, new)
    return replace(
        request, path=request.path.replace(old, new), query=request.query.replace(old, new), form=form, body=body
    )


def _replaced(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {name: _replaced(one, old, new) for name, one in value.items()}
    if isinstance(value, list):
        return [_replaced(one, old, new) for one in value]
    return value.replace(old, new) if isinstance(value, str) else value


def _written(request: Request) -> str:
    return f"{request.query} {request.form} {request.body}"


def _put(template: Any, fill: Callable[[str], str]) -> Any:
    """Fill each `{name}` of a template."""
    if isinstance(template, str):
        return re.sub(r"{(\w+)}", lambda found: fill(found[1]), template)
    if isinstance(template, Mapping):
        return {name: _put(value, fill) for name, value in template.items()}
    return [_put(value, fill) for value in template] if isinstance(template, list) else template


@cache
def _values_of(page: str) -> dict[str, str]:
    """Return what the forms of a page would send; reading one takes longer than sending it."""
    values = {name: value for name, value in filled(page).items() if name not in {"csrfmiddlewaretoken", "q"}}
    return {name: str(value) for name, value in values.items()} | _offered(page)


def _offered(page: str) -> dict[str, str]:
    """Return, for each list of a form that offers ids, the first of them."""
    found: dict[str, str] = {}
    for name, options in re.findall(r'<select[^>]*\bname="([^"]+)"(.*?)</select>', page, re.DOTALL):
        ids = re.findall(rf'value="({_ID.pattern})"', options)
        if ids and "__prefix__" not in name:
            found[name] = ids[0]
    for box in re.findall(r'<input[^>]*type="checkbox"[^>]*>', page):
        name, value = re.search(r'name="([^"]+)"', box), re.search(rf'value="({_ID.pattern})"', box)
        if name and value:
            found.setdefault(name[1], value[1])
    return found
