"""One import per tenant at a time, in the whole installation."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections

from hansa.domain.imports.errors import ImportRunning
from hansa.kernel.tenancy import get_current_tenant


@contextmanager
def one_import_at_a_time() -> Iterator[None]:
    """Keep other imports out of the tenant's catalogue until the block ends. Raises ImportRunning.

    The lock belongs to a transaction of its own, on a connection of its own, that stays open and
    does nothing else: it has no snapshot, so it holds up no vacuum, and it ends with the process,
    however that ends. A lock for each chunk would leave gaps between chunks for a second import.
    """
    tenant = get_current_tenant()
    holder = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        holder.set_autocommit(False)
        with holder.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"hansa import {tenant.id}"])
            (is_ours,) = cursor.fetchone()
        if not is_ours:
            message = f"Another import into {tenant.name} is running. Wait until it is done, then start again."
            raise ImportRunning(message)
        yield
    finally:
        if holder.connection is not None:
            holder.rollback()
        holder.close()
