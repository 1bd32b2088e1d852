"""Whoever changes the log behind the application's back is found."""

from typing import Any

import psycopg
import pytest

from hansa.domain.audit.services import verify
from hansa.domain.audit.services.record import record
from hansa.domain.audit.services.verify import Verified, verify_chain
from hansa.kernel.tenancy import TenantContext
from tests.worlds import entered

ENTRIES = 9


@pytest.fixture
def log(shop: TenantContext, monkeypatch: pytest.MonkeyPatch) -> TenantContext:
    """Return our shop with a log of ENTRIES entries, which is verified in chunks of 4."""
    monkeypatch.setattr(verify, "CHUNK_ENTRIES", 4)
    for number in range(1, ENTRIES + 1):
        with entered(shop):
            record(action="thing.done", label=f"thing {number}", after={"price": number, "name": 'Größe \\ "S"'})
    return shop


def _verify(tenant: TenantContext, **arguments: Any) -> Verified:
    with entered(tenant):
        return verify_chain(**arguments)


def test_a_log_that_nobody_touched_adds_up(log: TenantContext, rival: TenantContext) -> None:
    steps: list[tuple[int, int]] = []
    verified = _verify(log, on_progress=lambda done, total: steps.append((done, total)))
    assert (verified.entries, verified.fault) == (ENTRIES, None)
    assert len(verified.head_hash) == 64
    assert steps == [(4, 9), (8, 9), (9, 9)]
    assert _verify(rival) == Verified(entries=0, head_hash="", fault=None)


_COLUMNS = {
    "at": "at + interval '1 second'",
    "before": "'{}'",
    "after": "jsonb_set(after, '{price}', '99')",
    "hash": "sha256('x')",
} | dict.fromkeys(
    (
        *("actor_kind", "actor_id", "actor_label", "address", "request_id"),
        *("action", "object_type", "object_id", "object_label", "parent_id"),
    ),
    "'forged'",
)


@pytest.mark.parametrize(("column", "value"), _COLUMNS.items())
@pytest.mark.parametrize("seq", [1, 4, 5, ENTRIES])
def test_a_changed_column_is_found(
    log: TenantContext, tamperer: psycopg.Connection[Any], column: str, value: str, seq: int
) -> None:
    sql: Any = f"UPDATE audit_auditentry SET {column} = {value} WHERE tenant_id = %s AND seq = %s"
    assert tamperer.execute(sql, [log.id, seq]).rowcount == 1
    assert _verify(log).fault == f"Entry {seq} was changed."


def test_every_column_of_an_entry_is_in_its_hash() -> None:
    from hansa.domain.audit.models import AuditEntry

    columns = {field.column for field in AuditEntry._meta.local_fields}
    assert columns == set(_COLUMNS) | {"tenant_id", "id", "seq", "previous_hash"}


@pytest.mark.parametrize("seq", [1, 4, 5])
def test_a_deleted_entry_is_found(log: TenantContext, tamperer: psycopg.Connection[Any], seq: int) -> None:
    tamperer.execute("DELETE FROM audit_auditentry WHERE tenant_id = %s AND seq = %s", [log.id, seq])
    assert _verify(log).fault == f"Entry {seq} is missing."


@pytest.mark.parametrize("kept", [0, 3, 4, ENTRIES - 1])
def test_a_tail_that_was_cut_off_is_found(log: TenantContext, tamperer: psycopg.Connection[Any], kept: int) -> None:
    tamperer.execute("DELETE FROM audit_auditentry WHERE tenant_id = %s AND seq > %s", [log.id, kept])
    assert _verify(log).fault == f"Entry {kept + 1} is missing."


def test_two_entries_that_changed_places_are_found(log: TenantContext, tamperer: psycopg.Connection[Any]) -> None:
    for old, new in ((3, 100), (6, 3), (100, 6)):
        tamperer.execute("UPDATE audit_auditentry SET seq = %s WHERE tenant_id = %s AND seq = %s", [new, log.id, old])
    assert _verify(log).fault == "Entry 3 was changed."


def test_an_entry_that_was_forged_with_a_hash_of_its_own_is_found(
    log: TenantContext, tamperer: psycopg.Connection[Any]
) -> None:
    tamperer.execute("UPDATE audit_auditentry SET actor_label = 'forged' WHERE tenant_id = %s AND seq = 4", [log.id])
    tamperer.execute("UPDATE audit_auditentry e SET hash = audit_digest(e) WHERE tenant_id = %s AND seq = 4", [log.id])
    fault = "Entry 5 does not follow from the one before it: one of them was put in another's place."
    assert _verify(log).fault == fault


def test_a_forged_last_entry_is_found(log: TenantContext, tamperer: psycopg.Connection[Any]) -> None:
    tamperer.execute(
        "UPDATE audit_auditentry SET actor_label = 'forged' WHERE tenant_id = %s AND seq = %s", [log.id, ENTRIES]
    )
    tamperer.execute("UPDATE audit_auditentry e SET hash = audit_digest(e) WHERE tenant_id = %s", [log.id])
    assert _verify(log).fault == f"Entry {ENTRIES} is not the one that the chain ended with."


@pytest.mark.parametrize(("seq", "fault"), [("10", "Entry 10 was inserted"), ("NULL", "1 entries without a number")])
def test_an_inserted_entry_is_found(
    log: TenantContext, tamperer: psycopg.Connection[Any], seq: str, fault: str
) -> None:
    sql: Any = (
        "INSERT INTO audit_auditentry SELECT (jsonb_populate_record(e, jsonb_build_object("
        f"'id', gen_random_uuid(), 'seq', {seq}))).* FROM audit_auditentry e WHERE tenant_id = %s AND seq = 9"
    )
    tamperer.execute(sql, [log.id])
    assert (_verify(log).fault or "").startswith(fault)


def test_a_chain_without_its_head_is_found(log: TenantContext, tamperer: psycopg.Connection[Any]) -> None:
    tamperer.execute("DELETE FROM audit_audithead WHERE tenant_id = %s", [log.id])
    assert _verify(log).fault == "Entry 1 was inserted: the chain ends with 0."


def test_a_chain_that_was_written_anew_from_end_to_end_is_found_with_a_hash_that_was_kept(
    log: TenantContext, tamperer: psycopg.Connection[Any]
) -> None:
    kept = _verify(log)
    tamperer.execute("DELETE FROM audit_auditentry WHERE tenant_id = %s AND seq = 9", [log.id])
    tamperer.execute(
        "UPDATE audit_audithead h SET seq = 8, hash = e.hash FROM audit_auditentry e"
        " WHERE h.tenant_id = %s AND e.tenant_id = h.tenant_id AND e.seq = 8",
        [log.id],
    )
    assert _verify(log).fault is None
    expected = (kept.entries, kept.head_hash)
    assert (_verify(log, expected=expected).fault or "").startswith("Entry 9 is missing: the chain was longer")
    with entered(log):
        record(action="thing.done", label="another end")
    assert (_verify(log, expected=expected).fault or "").startswith("Entry 9 had another hash")


def test_a_hash_that_was_kept_still_holds_after_more_entries(log: TenantContext) -> None:
    kept = _verify(log)
    with entered(log):
        record(action="thing.done")
    assert _verify(log, expected=(kept.entries, kept.head_hash)).fault is None
