"""Those who could tamper with the log."""

import os
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo


@pytest.fixture
def owner() -> Iterator[psycopg.Connection[Any]]:
    """Return a connection of the role that owns the tables."""
    with psycopg.connect(os.environ["HANSA_OWNER_DATABASE_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture
def tamperer() -> Iterator[psycopg.Connection[Any]]:
    """Return a superuser's connection on which no trigger fires and no wall stands."""
    url = make_conninfo(os.environ["DATABASE_URL"], user="postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection
