"""The world that every test lives in.

Note [Tests commit for real]: each test gets tenants of its own, `shop` and `rival`, and commits like
the real thing. Nothing is cleaned up: the wall between tenants is what keeps tests apart, so a leak
shows up as a failing test. One PostgreSQL runs per test run; each xdist worker has a copy of one
migrated template database.
"""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from hansa.config.embedded_postgres import EmbeddedPostgres
from hansa.kernel.tenancy import TenantContext

ROOT = Path(__file__).resolve().parent.parent
_numbers = itertools.count(1)


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL before Django reads its settings."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    if worker == "main":
        home = Path(tempfile.mkdtemp(prefix="hansa-tests-"))
        os.environ["HANSA_HOME"] = str(home)
    server = EmbeddedPostgres(Path(os.environ["HANSA_HOME"]), durable=False)
    server.start()
    if worker == "main":
        os.environ["DATABASE_URL"] = server.url("hansa_app", "template_hansa")
        _make_template(server)
        config.add_cleanup(lambda: _remove(server))
    database = f"test_{worker}"
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {database} TEMPLATE template_hansa")
    os.environ["DATABASE_URL"] = server.url("hansa_app", database)
    os.environ["HANSA_OWNER_DATABASE_URL"] = server.url("hansa_owner", database)
    os.environ["HANSA_DATABASE_POOL_SIZE"] = "70"  # races need a connection for each of their threads
    os.environ["HANSA_ALLOW_MANUAL_PAYMENTS"] = "1"
    os.environ["HANSA_FETCH_PICTURES"] = "0"  # drafts name pictures that nobody has
    os.environ["HANSA_ACCOUNT_BEAT_SECONDS"] = "0"  # how long an answer takes is measured in bench/, not here
    # All tests come from one address; those of the limits set their own.
    os.environ["HANSA_LIMITS"] = "off"
    os.environ["HANSA_MAX_OPEN_ORDERS_PER_EMAIL"] = os.environ["HANSA_MAX_OPEN_ORDERS_PER_ADDRESS"] = "0"
    os.environ["DJANGO_SETTINGS_MODULE"] = "hansa.config.settings"
    import django

    django.setup()
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["tests.quick_hashing.QuickArgon2"]
    config.add_cleanup(_close_connections)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let long tests take as long as they take."""
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.timeout(0), append=False)


def _close_connections() -> None:
    from hansa.kernel.postgresql.pool import close_connections

    close_connections()


def _make_template(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("postgres", "postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE template_hansa")
    server.prepare_roles("template_hansa")
    subprocess.run(
        [sys.executable, "-m", "hansa", "manage", "migrate", "--verbosity", "0"],
        check=True,
        env=os.environ | {"HANSA_OWNER_DATABASE_URL": server.url("hansa_owner", "template_hansa")},
    )


def _remove(server: EmbeddedPostgres) -> None:
    server.release()
    shutil.rmtree(server.home, ignore_errors=True)


@pytest.fixture(autouse=True)
def _connection_goes_back() -> Iterator[None]:
    from django.db import connection

    yield
    connection.close()


@pytest.fixture
def make_tenant() -> Callable[..., TenantContext]:
    """Return a function that makes a tenant nobody else uses."""
    from hansa.domain.tenants.services.create import create_tenant

    def make(name: str = "Shop", **fields: str) -> TenantContext:
        number = next(_numbers)
        return create_tenant(slug=f"{name.lower()}-{os.getpid()}-{number}", name=f"{name} {number}", **fields)

    return make


@pytest.fixture
def shop(make_tenant: Callable[..., TenantContext]) -> TenantContext:
    """Return our shop; not entered."""
    return make_tenant("Shop")


@pytest.fixture
def rival(make_tenant: Callable[..., TenantContext]) -> TenantContext:
    """Return the shop next door, which must never notice us; not entered."""
    return make_tenant("Rival")


@pytest.fixture
def outbox() -> Iterator[list[Any]]:
    """Return what was sent, by Django's own mailer for tests."""
    from django.core import mail
    from django.test import override_settings

    mail.outbox = []
    with override_settings(MAILERS={"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}):
        yield mail.outbox
