"""Sends the cases and judges the answers."""

import asyncio
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html import escape
from typing import Any
from urllib.parse import quote

import psycopg
from django.conf import settings

from hansa.domain.accounts.session_keys import digest_of
from hansa.kernel.tenancy import tenant_scope
from tests.isolation.actors import Actor, actors
from tests.isolation.cases import Case, Cases
from tests.isolation.client import Answer, Request, hang_up, send
from tests.isolation.enumeration import Operation, all_operations
from tests.isolation.registry import EVERYBODY, OPERATOR, REGISTRY, WORKER
from tests.isolation.tables import checksums, past_the_wall
from tests.isolation.world import World

SERVER_ERROR, REFUSED_FROM, OK, REDIRECT = 500, 400, 200, 300
AT_ONCE = 8
"""Refusals change nothing, so they are asked for together; some of them wait for the beat of ADR 6."""

CASES_BETWEEN_LOGINS = 100
DOORS = {
    **dict.fromkeys(("owner", "clerk", "read_only", "at_warehouse", "at_category"), "/admin/"),
    "customer": "/api/v1/me",
    "key": "/manage/v1/products",
}
"""What opens for those who are known, and for nobody else."""

_ANY_TIME = re.compile(
    r'csrfmiddlewaretoken" value="[^"]+"|nonce="[^"]+"|"request_id":"[^"]+"'
    r'|\d\d:\d\d:\d\d(\.\d+)?|name="key" value="[^"]+"'
    r'|"challenge": ?"[^"]+"|"(?:secret|session_token)": ?"[^"]+"'
    r'|secret=\w+|base64,[^"]+|Error reference \w+|[A-Z2-7]{32}'
)
_COMPARED = ("location", "content-type", "allow", "www-authenticate", "etag", "retry-after")


@dataclass
class Report:
    """What a crawl found."""

    requests: int = 0
    operations: set[str] = field(default_factory=set)
    reachable: set[str] = field(default_factory=set)
    findings: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        percent = 100 * len(self.operations & self.reachable) // max(1, len(self.reachable))
        covered = f"{len(self.operations)} operations, {percent} % covered"
        return f"{self.requests:,} requests, {covered}, {len(self.findings)} findings"


def crawl(world: World, *, size: int, seed: int = 1, only: str = "") -> Report:
    """Send at least `size` cases, each operation's in turn, and return what was wrong with the answers."""
    with past_the_wall() as database:
        crawler = Crawler(world, seed, database)
        asyncio.run(crawler.run(size, only))
    return crawler.report


class Crawler:
    """One crawl."""

    def __init__(self, world: World, seed: int, database: psycopg.Connection[Any]) -> None:
        """Prepare to crawl."""
        self.world, self.seed, self.database = world, seed, database
        self.everyone = actors(world)
        self.report = Report()
        self.known: dict[str, Answer] = {}
        self.kept_sessions = dict(
            self.database.execute(
                "SELECT id, session_data FROM accounts_session WHERE tenant_id = %s", [world.ours.tenant.id]
            ).fetchall()
        )

    async def run(self, size: int, only: str) -> None:
        """Crawl, and leave the loop with nothing open."""
        try:
            await self._run(size, only)
        finally:
            await hang_up()

    async def _run(self, size: int, only: str) -> None:
        """Send the cases: those who may not first, because nothing of ours may change by them either."""
        report = self.report
        reachable = [one for one in all_operations() if one.methods and one.path and only in one.key]
        report.reachable = {one.key for one in reachable}
        everyone = self.everyone
        before = self._sums()
        pages = await self._pages(reachable, everyone)
        ours = self._own_sums()
        denied = self._in_turn(reachable, everyone, pages, "denied", size // 2)
        places = asyncio.Semaphore(AT_ONCE)

        async def one(case: Case) -> None:
            async with places:
                await self._denied(case)

        await asyncio.gather(*(one(case) for case in denied))
        changed = {table for table, total in self._own_sums().items() if ours[table] != total}
        if changed:
            report.findings.append(f"somebody who may not changed {sorted(changed)} of our shop")
        self._log_everybody_in()  # without the messages that were left by requests at the same time
        for number, case in enumerate(self._in_turn(reachable, everyone, pages, "foreign", size - len(denied)), 1):
            await self._foreign(case)
            if number % CASES_BETWEEN_LOGINS == 0:
                await self._check_logins(case)
        self._log_everybody_in()
        after = self._sums()
        changed = {table for table in before if before[table] != after[table]}
        if changed:
            report.findings.append(f"another shop's rows were changed: {sorted(changed)}")

    def _sums(self) -> dict[str, str]:
        others = (self.world.theirs, self.world.third)
        return {
            f"{shop.canary}.{table}": total for shop in others for table, total in checksums(shop.tenant.id).items()
        }

    def _own_sums(self) -> dict[str, str]:
        return checksums(self.world.ours.tenant.id, except_for=frozenset({"accounts_session"}))

    async def _pages(self, operations: list[Operation], everyone: list[Actor]) -> dict[str, str]:
        """Return the forms that our owner sees; each page of our own shop must open for its owner."""
        cases = Cases(self.world, {}, self.seed)
        owner = next(actor for actor in everyone if actor.name == "owner")
        pages: dict[str, str] = {}
        for operation in operations:
            registered = REGISTRY.get(operation.key)
            is_form = operation.key.endswith(("/change/", "/add/")) and "/do/" not in operation.key
            if registered and operation.key.startswith("/admin/") and is_form:
                request = cases.plain(operation, registered, owner, "GET")
                answer = await send(request)
                pages[request.path] = answer.text if answer.status == OK else ""
                if answer.status >= SERVER_ERROR or (operation.key.endswith("/change/") and answer.status != OK):
                    self._find(Case(operation, owner, request), f"our owner's own page answers {answer.status}")
        return pages

    def _in_turn(
        self, operations: list[Operation], everyone: list[Actor], pages: dict[str, str], what: str, size: int
    ) -> list[Case]:
        """Return cases until there are enough: one of each operation, then another of each, and so on."""
        taken: list[Case] = []
        for turn in range(self.seed, self.seed + 50):
            cases, chance = Cases(self.world, pages, turn), random.Random(turn)  # noqa: S311
            queues: list[Iterator[Case]] = []
            for operation in operations:
                registered = REGISTRY.get(operation.key)
                if registered is not None:
                    made = list(getattr(cases, what)(operation, registered, everyone))
                    chance.shuffle(made)
                    made.sort(key=lambda case: not case.is_plain)
                    queues.append(iter(made))
            while queues:
                found = [(queue, next(queue, None)) for queue in queues]
                queues = [queue for queue, case in found if case is not None]
                taken += [case for _, case in found if case is not None]
                if len(taken) >= size and not (what == "denied" and not queues):
                    return taken
            if len(taken) >= size or what == "denied":
                return taken
        return taken

    async def _ask(self, request: Request) -> Answer:
        answer = await send(request)
        session = digest_of(dict(request.cookies).get(settings.SESSION_COOKIE_NAME, ""))
        if session not in self.kept_sessions:
            return answer
        kept = self.kept_sessions[session]
        row = self.database.execute("SELECT session_data FROM accounts_session WHERE id = %s", [session]).fetchone()
        if row is not None and row[0] == kept:
            return answer
        from hansa.domain.accounts.sessions import SessionStore

        with tenant_scope(self.world.ours.tenant):
            left = str(SessionStore().decode(row[0]).get("_messages", "")) if row else "logged out"
        self._put_back(session, kept)
        return replace(answer, left=left)

    async def _check_logins(self, last: Case) -> None:
        """Note who is not let in any more: what is refused to somebody who is not logged in shows nothing."""
        self._log_everybody_in()
        for actor in self.everyone:
            door = DOORS.get(actor.name)
            if door is not None:
                answer = await send(
                    Request("GET", self.world.ours.host, door, "", actor.headers(door), actor.cookies())
                )
                if answer.status != OK:
                    self._find(last, f"by then {actor.name} was not let in at {door}: {answer.status}")

    def _log_everybody_in(self) -> None:
        for session, kept in self.kept_sessions.items():
            self._put_back(session, kept)

    def _put_back(self, session: str, kept: str) -> None:
        self.database.execute("DELETE FROM accounts_session WHERE id = %s", [session])
        self.database.execute(
            "INSERT INTO accounts_session (id, tenant_id, session_data, expire_date)"
            " VALUES (%s, %s, %s, now() + interval '1 day')",
            [session, self.world.ours.tenant.id, kept],
        )

    async def _denied(self, case: Case) -> None:
        answer = await self._ask(case.request)
        self._count(case, answer)
        if OK <= answer.status < REDIRECT and not self._only_shows(case):
            self._find(case, f"{answer.status} for somebody who may not")
        elif REDIRECT <= answer.status < REFUSED_FROM and case.operation.path.startswith("/admin/"):
            place = answer.header("location")
            is_same = place.split("?")[0].lower() in {case.request.path.lower(), case.operation.path}
            if "/admin/login/" not in place and not is_same and case.is_plain:
                self._find(case, f"sent on to {place!r}")

    def _only_shows(self, case: Case) -> bool:
        """Tell whether somebody who may only look posted something and got the page that they may look at.

        That nothing changed by it is for the sums to say.
        """
        shown = REGISTRY.get(case.operation.key.partition(" !")[0])
        is_page = bool(case.operation.action) or case.operation.key.endswith("/change/")
        return is_page and shown is not None and case.actor.may_do(shown, "GET")

    async def _foreign(self, case: Case) -> None:
        assert case.control is not None
        key = f"{case.actor.name} {case.control}"
        expected = self.known.get(key)
        if expected is None:
            expected = await self._ask(case.control)
            if case.request.method == "GET":
                self.known[key] = expected
        answer = await self._ask(case.request)
        self._count(case, answer)
        for one, name in ((expected, "a random id"), (answer, "it")):
            if one.status >= SERVER_ERROR:
                self._find(case, f"{name} answers {one.status}")
        told, wanted = _told(answer, case.sent), _told(expected, case.instead)
        if told != wanted:
            # What was known of the random id may be old: people must confirm their password again after a while,
            # and whoever ended all their other sessions was logged out in them.
            self._log_everybody_in()
            wanted = _told(await self._ask(case.control), case.instead)
            told = _told(await self._ask(case.request), case.sent)
            self.known.pop(key, None)
        if told != wanted:
            self._find(case, f"differs from a random id: {_difference(wanted, told)}")

    def _count(self, case: Case, answer: Answer) -> None:
        self.report.requests += 1
        self.report.operations.add(case.operation.key)
        everything = f"{answer.headers} {answer.left} {answer.text}".replace(case.sent or "\0", "")
        for shop in (self.world.theirs, self.world.third):
            if shop.canary in everything:
                self._find(case, f"shows words of {shop.tenant.slug}: …{_around(everything, shop.canary)}…")
        if answer.status >= SERVER_ERROR:
            self._find(case, f"answers {answer.status}")

    def _find(self, case: Case, what: str) -> None:
        self.report.findings.append(f"{case}\n    {what}")


def _told(answer: Answer, sent: str) -> tuple[Any, ...]:
    def blind(text: str) -> str:
        # The last way is that of an address inside another one: `next=%2Faccount%2F…`.
        for written in {sent, quote(sent), escape(sent), sent.replace("-", ""), quote(sent, safe="")} - {""}:
            text = text.replace(written, "<sent>")
        return _ANY_TIME.sub("", text)

    headers = tuple(blind(answer.header(name)) for name in _COMPARED)
    return answer.status, headers, blind(answer.left), blind(answer.text)


def _difference(wanted: tuple[Any, ...], told: tuple[Any, ...]) -> str:
    for one, other in zip(wanted, told, strict=True):
        if one != other and isinstance(one, str):
            start = next((at for at, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), 0)
            return f"{one[max(0, start - 60) : start + 80]!r} against {other[max(0, start - 60) : start + 80]!r}"
        if one != other:
            return f"{one!r} against {other!r}"
    return ""


def _around(text: str, word: str) -> str:
    at = text.index(word)
    return " ".join(text[max(0, at - 80) : at + 60].split())


def unregistered() -> tuple[set[str], set[str]]:
    """Return the operations that nobody registered, and the registrations of what is not there."""
    there = {one.key for one in all_operations()}
    return there - REGISTRY.keys(), REGISTRY.keys() - there


def is_reachable(key: str) -> bool:
    return REGISTRY[key].read not in {WORKER, OPERATOR}


def is_open(key: str) -> bool:
    return EVERYBODY in {REGISTRY[key].read, REGISTRY[key].write}
