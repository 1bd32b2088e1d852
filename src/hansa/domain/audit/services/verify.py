"""Prove that nobody changed the log behind the application's back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from hansa.kernel.transactions import requires_transaction

CHUNK_ENTRIES = 20_000

# One statement, so that all of it is of one moment, while others go on writing.
_STATE = """
    SELECT coalesce(h.seq, 0), coalesce(h.hash, ''), e.last, e.unsealed
    FROM (
        SELECT coalesce(max(seq), 0) AS last, count(*) FILTER (WHERE seq IS NULL) AS unsealed FROM audit_auditentry
        WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
    ) e
    LEFT JOIN audit_audithead h ON h.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
"""

_HASH = """
    SELECT encode(hash, 'hex') FROM audit_auditentry
    WHERE tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid) AND seq = %(seq)s
"""

_CHUNK = """
    SELECT c.seq, c.expected_seq, c.follows, c.is_true, c.hash
    FROM (
        SELECT
            e.seq, e.hash,
            lag(e.seq, 1, %(after)s::bigint) OVER w + 1 AS expected_seq,
            e.previous_hash = lag(e.hash, 1, %(previous)s::bytea) OVER w AS follows,
            e.hash = audit_digest(e) AS is_true,
            row_number() OVER (ORDER BY e.seq DESC) AS from_the_end
        FROM audit_auditentry e
        WHERE e.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
            AND e.seq > %(after)s AND e.seq <= %(until)s
        WINDOW w AS (ORDER BY e.seq)
    ) c
    WHERE c.seq <> c.expected_seq OR c.follows IS NOT TRUE OR c.is_true IS NOT TRUE OR c.from_the_end = 1
    ORDER BY c.seq
    LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Verified:
    """What the chain of one tenant says."""

    entries: int
    """How many the head counts."""
    head_hash: str
    """In hexadecimal; kept elsewhere, it proves later that nothing up to here was changed."""
    fault: str | None
    """The first entry that does not add up, and what is wrong; None when all do."""


@requires_transaction
def verify_chain(
    *, expected: tuple[int, str] | None = None, on_progress: Callable[[int, int], None] = lambda _, __: None
) -> Verified:
    """Compute the current tenant's chain again and compare it with what is stored.

    `expected` is a number and a hash that an earlier call gave and that were kept elsewhere: they find
    also who rewrote the whole chain. `on_progress` gets how many entries are done, and of how many.
    Works while others write; needs its caller's transaction. Locks nothing.
    """
    seq, head_hash, last, unsealed = _ask(_STATE, {})[0]
    fault = _fault_of_entries(seq, head_hash, on_progress)
    if fault is None and last > seq:
        fault = f"Entry {seq + 1} was inserted: the chain ends with {seq}."
    if fault is None and unsealed:
        fault = f"{unsealed} entries without a number were inserted."
    if fault is None and expected is not None:
        fault = _fault_of_expected(*expected)
    return Verified(entries=seq, head_hash=head_hash.hex(), fault=fault)


def _fault_of_entries(until: int, head_hash: bytes, on_progress: Callable[[int, int], None]) -> str | None:
    """Return what is wrong with the first entry that does not add up."""
    done, previous = 0, b""
    while done < until:
        end = min(done + CHUNK_ENTRIES, until)
        rows = _ask(_CHUNK, {"after": done, "until": end, "previous": previous})
        if not rows:
            return f"Entry {done + 1} is missing."
        seq, expected_seq, follows, is_true, stored = rows[0]
        if seq != expected_seq:
            return f"Entry {expected_seq} is missing."
        if not is_true:
            return f"Entry {seq} was changed."
        if not follows:
            return f"Entry {seq} does not follow from the one before it: one of them was put in another's place."
        if seq != end:
            return f"Entry {seq + 1} is missing."
        done, previous = end, bytes(stored)
        on_progress(done, until)
    return None if previous == head_hash else f"Entry {until} is not the one that the chain ended with."


def _fault_of_expected(seq: int, hash_hex: str) -> str | None:
    rows = _ask(_HASH, {"seq": seq})
    if not rows and seq:
        return f"Entry {seq} is missing: the chain was longer when its hash was noted."
    if rows and rows[0][0] != hash_hex.lower():
        return f"Entry {seq} had another hash when it was noted: the chain was written anew."
    return None


def _ask(sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in cursor.fetchall()]
