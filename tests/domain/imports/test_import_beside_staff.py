"""An import while staff rearrange the shelves: nothing ends up where it cannot be seen."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hansa.kernel.clock import now
from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.domain.imports.files import made_file

PATIENCE_SECONDS = 20
MUG = {"Handle": "mug", "Title": "Mug", "Type": "Ceramics", "Variant Price": "5", "Published": "true"}


def archive(category_id: Any) -> None:
    from hansa.domain.catalog.services.archive_category import archive_category

    archive_category(category_id=category_id, now=now())


def rename(category_id: Any) -> None:
    from hansa.domain.catalog.services.move_category import rename_category

    rename_category(category_id=category_id, name="Pottery")


class Work(threading.Thread):
    """Runs in a thread, for a tenant, on a connection of its own; tells whether it waits for a lock."""

    def __init__(self, tenant: TenantContext, call: Callable[[], object]) -> None:
        """Take what to call, and for whom."""
        super().__init__()
        self.error: Exception | None = None
        self._tenant, self._call = tenant, call
        self._has_begun = threading.Event()
        self._pid = 0

    def run(self) -> None:
        from django.db import connection

        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                (self._pid,) = cursor.fetchone()
            self._has_begun.set()
            with tenant_scope(self._tenant):
                self._call()
        except Exception as error:  # noqa: BLE001  (the test looks at it)
            self.error = error
        finally:
            self._has_begun.set()
            connection.close()

    def start_and_wait_until_blocked_or_done(self) -> None:
        from django.db import connection

        self.start()
        assert self._has_begun.wait(PATIENCE_SECONDS)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.is_alive():
            with connection.cursor() as cursor:
                cursor.execute("SELECT cardinality(pg_blocking_pids(%s)) > 0", [self._pid])
                if cursor.fetchone() == (True,):
                    return
            assert time.monotonic() < deadline
            self.join(0.01)


@pytest.mark.parametrize("change", [archive, rename])
def test_a_shelf_is_not_taken_away_while_an_import_fills_it(
    shop: TenantContext, tmp_path: Path, change: Callable[[Any], None]
) -> None:
    from django.db import connection

    from hansa.domain.catalog.services.create_category import create_category
    from hansa.domain.catalog.services.listing import rebuild_listing
    from hansa.domain.imports.services.import_file import import_file
    from hansa.kernel.transactions import transaction

    with tenant_scope(shop):
        shelf = create_category(name="Ceramics")
    path = made_file(tmp_path, [MUG])
    importing = Work(shop, lambda: import_file(path, file_format="shopify", now=now()))
    rearranging = Work(shop, lambda: change(shelf.pk))
    in_the_way = threading.Event()
    goes_away = threading.Event()
    threading.Thread(target=_hold_the_handle, args=(shop, in_the_way, goes_away)).start()
    assert in_the_way.wait(PATIENCE_SECONDS)
    try:
        # The import has found the shelf and waits for the handle that somebody else is taking.
        importing.start_and_wait_until_blocked_or_done()
        rearranging.start_and_wait_until_blocked_or_done()
    finally:
        goes_away.set()
    importing.join(PATIENCE_SECONDS)
    rearranging.join(PATIENCE_SECONDS)
    assert importing.error is None
    with tenant_scope(shop), transaction(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.source_key, c.path, c.archived_at IS NULL FROM catalog_product p"
            " JOIN catalog_category c ON c.tenant_id = p.tenant_id AND c.id = p.category_id"
        )
        assert cursor.fetchall() == [("mug", "pottery" if change is rename else "ceramics", True)]
        cursor.execute("SELECT document FROM catalog_listing")
        ((document,),) = cursor.fetchall()
        assert json.loads(document)["category"]["path"] == ("pottery" if change is rename else "ceramics")
        assert rebuild_listing() == 0
    assert type(rearranging.error).__name__ == ("NoneType" if change is rename else "CategoryNotEmpty")


def _hold_the_handle(shop: TenantContext, is_held: threading.Event, goes_away: threading.Event) -> None:
    """Take the handle in a transaction that is rolled back in the end."""
    from django.db import connection

    from hansa.domain.catalog.models import Product
    from hansa.kernel.transactions import transaction

    with tenant_scope(shop), transaction():
        Product.objects.create(name="Other mug", slug="other-mug", source_key="mug")
        is_held.set()
        goes_away.wait(4 * PATIENCE_SECONDS)
        connection.set_rollback(True)
    connection.close()
