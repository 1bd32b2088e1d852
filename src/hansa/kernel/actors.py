"""Who acts: the current actor, for the audit log.

Note [The actor travels with the transaction]: the current actor is a context variable, as the tenant
is. When it is one whose changes are audited, the database connection (`kernel/postgresql/base.py`)
copies it into the setting `hansa.actor`, for one transaction only: in the statement that enters the
tenant, or, when it became known later, before the transaction's next statement. The triggers of the
audit log (`domain/audit`) fire only where the setting is not empty, so shoppers' requests, the worker
and imports pay nothing, and no service can forget to say who it was.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Literal

type ActorKind = Literal["staff", "customer", "api_key", "platform", "system"]

COMMAND_PREFIX = "command:"
_PRIVILEGED = frozenset({"staff", "api_key", "platform"})


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who does something, and from where.

    `id` is the user's or the key's, empty for the system; `label` is what a person calls them: an e-mail
    address, a key's name, `command:create_staff`. `address` is the client's, empty where there is none.
    """

    kind: ActorKind
    id: str = ""
    label: str = ""
    address: str = ""
    request_id: str = ""

    @property
    def is_audited(self) -> bool:
        """Whether what they change goes to the audit log: privileged people, keys, and operators' commands."""
        return self.kind in _PRIVILEGED or (self.kind == "system" and self.label.startswith(COMMAND_PREFIX))

    def as_json(self) -> str:
        """Return the text that the setting `hansa.actor` takes."""
        return json.dumps(asdict(self), separators=(",", ":"))


_current: ContextVar[Actor | None] = ContextVar("hansa_actor", default=None)


def find_current_actor() -> Actor | None:
    """Return who acts, or None when nobody was entered."""
    return _current.get()


def find_audited_actor() -> Actor | None:
    """Return who acts when their changes are audited, else None."""
    actor = _current.get()
    return actor if actor is not None and actor.is_audited else None


@contextmanager
def actor_scope(actor: Actor | None) -> Iterator[Actor | None]:
    """Act as `actor` until the block ends; None means nobody yet, see `set_actor_now`."""
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)


def set_actor_now(actor: Actor) -> None:
    """Act as `actor` until the surrounding `actor_scope` ends.

    For interfaces that learn in the middle of a request, perhaps with its transaction open, who is asking.
    """
    _current.set(actor)
