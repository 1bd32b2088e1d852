"""How one question to PostgreSQL is put into one message.

Note [One message]: the hot pages of the storefront spend most of their time between Python and
PostgreSQL. So we send "set the tenant; EXECUTE a prepared statement" as one simple query, which
PostgreSQL runs as one implicit transaction: the local setting ends with it (see Note [The tenant
travels with the transaction]). The values that come back stay the bytes they are. Measured against
psycopg's pipeline it takes a quarter of the CPU time (docs/adr/0004).
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from psycopg.pq import Escaping
from psycopg.pq.abc import PGconn

MAX_PREPARED = 256
"""Statements per connection; then all are forgotten and prepared anew as they are needed."""

_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


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

        Values are text, integers, booleans, UUIDs or None; libpq quotes them.
        """
        quote = Escaping(pgconn).escape_literal
        quoted = [
            b"NULL" if (value := values[name]) is None else quote(str(value).encode()) for name in self.parameters
        ]
        call = b"EXECUTE " + self.name
        if quoted:
            call += b"(" + b",".join(quoted) + b")"
        if tenant_id is None:
            return call
        return b"SELECT set_config('hansa.tenant','%s',true);%s" % (str(tenant_id).encode(), call)


@lru_cache(maxsize=1024)
def statement(sql: str) -> Statement:
    """Turn `%(name)s` placeholders into PostgreSQL's numbered ones."""
    names = tuple(dict.fromkeys(_PLACEHOLDER.findall(sql)))
    numbered = _PLACEHOLDER.sub(lambda match: f"${names.index(match[1]) + 1}", sql)
    name = "hansa_" + hashlib.blake2b(sql.encode(), digest_size=12).hexdigest()
    return Statement(name.encode(), numbered.encode(), names)
