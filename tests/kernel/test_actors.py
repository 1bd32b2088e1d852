"""Who acts reaches the database with the transaction, and leaves with it."""

import asyncio
import tempfile

import pytest
from django.db import IntegrityError, connection

from hansa.domain.catalog.models import Category
from hansa.kernel.actors import Actor, actor_scope, find_current_actor, set_actor_now
from hansa.kernel.postgresql.batches import ask_together, tell
from hansa.kernel.postgresql.reading import ask, ask_async, close_readers
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.worlds import entered

ANNA = Actor(kind="staff", id="1", label="anna@example.com", address="192.0.2.1", request_id="abcdefgh")
BERT = Actor(kind="api_key", id="2", label='Bert\'s \\ "key"')
SHOPPER = Actor(kind="customer", id="3", label="carla@example.com")
WHO = "SELECT coalesce(nullif(current_setting('hansa.actor', true), '')::jsonb ->> 'label', '')"


def _who() -> str:
    with connection.cursor() as cursor:
        cursor.execute(WHO)
        return str(cursor.fetchone()[0])


def test_the_transaction_knows_who_acts_and_the_next_one_does_not(shop: TenantContext) -> None:
    with actor_scope(ANNA), entered(shop):
        assert _who() == ANNA.label
    with entered(shop):
        assert _who() == ""


@pytest.mark.parametrize("actor", [SHOPPER, Actor(kind="system", label="worker"), None])
def test_what_shoppers_and_the_worker_do_is_not_audited(shop: TenantContext, actor: Actor | None) -> None:
    with actor_scope(actor), entered(shop):
        assert find_current_actor() is actor
        assert _who() == ""


def test_operators_commands_are_audited(shop: TenantContext) -> None:
    with actor_scope(Actor(kind="system", label="command:create_staff")), entered(shop):
        assert _who() == "command:create_staff"


def test_an_actor_who_becomes_known_in_the_open_transaction_counts_from_its_next_statement(shop: TenantContext) -> None:
    with actor_scope(None), entered(shop):
        assert _who() == ""
        set_actor_now(BERT)
        assert _who() == BERT.label
        assert ask(WHO, {}).get_value(0, 0) == BERT.label.encode()
    assert find_current_actor() is None


def test_an_actor_who_leaves_inside_the_transaction_is_not_blamed_for_the_rest(shop: TenantContext) -> None:
    with entered(shop):
        with actor_scope(ANNA):
            assert tell(WHO, {}) == [(ANNA.label,)]
        assert tell(WHO, {}) == [("",)]


def test_rolling_back_to_a_savepoint_does_not_bring_an_earlier_actor_back(shop: TenantContext) -> None:
    with actor_scope(None), entered(shop):
        with pytest.raises(ZeroDivisionError), transaction():
            set_actor_now(ANNA)
            assert _who() == ANNA.label
            raise ZeroDivisionError
        assert _who() == ANNA.label


def test_an_actor_who_leaves_with_a_failed_statement_does_not_hide_its_error(shop: TenantContext) -> None:
    with entered(shop):
        with pytest.raises(IntegrityError, match="slug"), transaction(), actor_scope(ANNA):
            for _ in range(2):
                Category.objects.create(name="Kitchen", slug="kitchen", path="kitchen")
        assert _who() == ""


def test_the_short_ways_to_ask_know_who_acts(shop: TenantContext) -> None:
    async def ask_on_the_loop() -> bytes | None:
        try:
            return (await ask_async(WHO, {})).get_value(0, 0)
        finally:
            await close_readers()

    with tenant_scope(shop), actor_scope(BERT):
        assert ask(WHO, {}).get_value(0, 0) == BERT.label.encode()
        assert ask_together([(WHO, {}), (WHO, {})]) == [[(BERT.label,)], [(BERT.label,)]]
        assert asyncio.run(ask_on_the_loop()) == BERT.label.encode()
    with tenant_scope(shop):
        assert ask(WHO, {}).get_value(0, 0) == b""


def test_naming_the_actor_costs_no_message(shop: TenantContext) -> None:
    # The first uses of a connection prepare statements: the fewest messages are those of a warm one.
    named, nobody = (min(_messages(actor, shop) for _ in range(6)) for actor in (ANNA, None))
    assert named == nobody > 0


def _messages(actor: Actor | None, tenant: TenantContext) -> int:
    """Count what libpq really sent for a transaction of one question, from its own trace of the wire."""
    connection.ensure_connection()
    pgconn = connection.connection.pgconn
    with tempfile.TemporaryFile("w+b") as trace:
        pgconn.trace(trace.fileno())
        with actor_scope(actor), entered(tenant):
            _who()
        pgconn.untrace()
        trace.seek(0)
        return sum(b"\tF\t" in line for line in trace)
