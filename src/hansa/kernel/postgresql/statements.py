"""How one question to PostgreSQL is put into one message.

Note [One message]: the hot pages of the storefront spend most of their time between Python and
PostgreSQL. So we send "set the tenant; EXECUTE a prepared statement" as one simple query, which
PostgreSQL runs as one implicit transaction: the local setting ends with it (see Note [The tenant
travels with the transaction]). The values that come back stay the bytes they are. Measured against
psycopg's pipeline it takes a quarter of the CPU time (docs/adr/0004).
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg.pq import Escaping
from psycopg.pq.abc import PGconn

from hansa.kernel.actors import find_audited_actor
from hansa.kernel.errors import Invalid
from hansa.kernel.postgresql.deadline import find_deadline

MAX_PREPARED = 256
"""Statements per connection; then all are forgotten and prepared anew as they are needed."""

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class NotText(Invalid):
    """What should be text is none that PostgreSQL could store."""

    code = "not_text"


@dataclass(frozen=True, slots=True)
class Statement:
    """One SQL text, named by its own fingerprint, with the names of its parameters in order."""

    name: bytes
    sql: bytes
    parameters: tuple[str, ...]

    @property
    def prepare(self) -> bytes:
        """The message that prepares it."""
        return b"PREPARE %s AS %s" % (self.name, self.sql)

    def execute(self, pgconn: PGconn, values: Mapping[str, Any], tenant_id: UUID | None) -> bytes:
        """Return the message that runs it; with a tenant, entered for this message only.

        Values are text, integers, booleans, UUIDs, instants, Json or None; libpq quotes them. Raises NotText.
        """
        quote = Escaping(pgconn).escape_literal
        quoted = [b"NULL" if (value := values[name]) is None else quote(_bytes(value)) for name in self.parameters]
        call = b"EXECUTE " + self.name
        if quoted:
            call += b"(" + b",".join(quoted) + b")"
        if tenant_id is None:
            return call
        return entering(pgconn, tenant_id) + b";" + call


def entering(pgconn: PGconn, tenant_id: UUID) -> bytes:
    """Return the statement that enters a tenant, and who acts when that is audited, until the transaction ends."""
    settings = b"SELECT set_config('hansa.tenant','%s',true)" % str(tenant_id).encode()
    actor = find_audited_actor()
    if actor is not None:
        settings += b",set_config('hansa.actor',%s,true)" % Escaping(pgconn).escape_literal(actor.as_json().encode())
    deadline = find_deadline()
    if deadline:
        settings += b",set_config('statement_timeout','%d',true)" % deadline
    return settings


@dataclass(frozen=True, slots=True)
class Json:
    """A value that travels as JSON text: `%(lines)s::jsonb`."""

    value: Any

    def __str__(self) -> str:
        """Return the JSON; UUIDs and instants are written as text."""
        return json.dumps(self.value, default=str, separators=(",", ":"))


def _bytes(value: Any) -> bytes:  # noqa: ANN401  (whatever has a text)
    """Return the value as PostgreSQL can store it; libpq would cut it at a NUL without a word."""
    text = str(value)
    if "\x00" in text:
        message = "The request holds a NUL character, which no text of ours has. Send it without."
        raise NotText(message)
    try:
        return text.encode()
    except UnicodeEncodeError:
        message = "The request holds half a character (a lone surrogate). Send whole ones."
        raise NotText(message) from None


@lru_cache(maxsize=1024)
def statement(sql: str) -> Statement:
    """Turn `%(name)s` placeholders into PostgreSQL's numbered ones."""
    numbers: dict[str, int] = {}
    numbered = _PLACEHOLDER.sub(lambda match: f"${numbers.setdefault(match[1], len(numbers) + 1)}", sql)
    name = "hansa_" + hashlib.blake2b(sql.encode(), digest_size=12).hexdigest()
    return Statement(name.encode(), numbered.encode(), tuple(numbers))
