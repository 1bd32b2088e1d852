"""The tables of the world, asked of the database past the wall: what is in them, and whether it has changed."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import psycopg
from psycopg import sql

from hansa.config.embedded_postgres import EmbeddedPostgres

NOT_IN_THE_WORLD = {
    "django_admin_log": "nobody writes it: what staff do stands in the audit log (ADR 8)",
}
"""Tables that need no row made for them, and why."""

SAME_EVERYWHERE = {
    *("slug", "path", "sku", "source_key", "email", "email_key", "customer_key", "code", "codename", "barcode"),
    *("source_name", "event_id", "recipient", "idempotency_key", "object_pk", "code_fingerprint", "file_sha256"),
    *("number", "key", "fingerprint", "last_characters", "postal_from", "postal_until", "region"),
}
"""Columns that are equal in the three shops, because a leak shows where two shops have the same key."""

PROGRAMS_WORDS = {
    *("status", "state", "kind", "currency", "country", "provider", "method", "handler", "outcome", "file_format"),
    *("debit", "credit", "source", "reason_code", "object_type", "object_id", "parent_id", "actor_kind", "actor_id"),
    *("action", "event", "password", "session_key", "session_data", "id", "prefix", "response", "url", "image_url"),
    *("message_id", "provider_reference", "address", "tax_class_code", "scope", "mismatch", "currency_code"),
    "events_event.name",
}
"""Columns whose words the program chooses or understands, so that no canary can stand there."""

_TABLES = """
    SELECT c.relname::text FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'tenants_domain'
    ORDER BY 1
"""


@contextmanager
def past_the_wall() -> Iterator[psycopg.Connection[Any]]:
    """Give a connection of the superuser to this test run's database."""
    server = EmbeddedPostgres(Path(os.environ["HANSA_HOME"]), durable=False)
    database = urlsplit(os.environ["DATABASE_URL"]).path.strip("/")
    with psycopg.connect(server.url("postgres", database), autocommit=True) as connection:
        yield connection


def tenant_tables() -> list[str]:
    """Return the names of all tables that have a `tenant_id`."""
    with past_the_wall() as connection:
        return [name for (name,) in connection.execute(_TABLES)]


def rows_by_table(tenant_id: UUID) -> dict[str, list[UUID]]:
    """Return the ids of the tenant's rows, by table, in the order in which they were made."""
    with past_the_wall() as connection:
        with_ids = {
            name
            for (name,) in connection.execute(
                "SELECT table_name FROM information_schema.columns"
                " WHERE column_name = 'id' AND data_type IN ('uuid', 'bigint', 'integer') AND table_schema = 'public'"
            )
        }
        return {
            table: [row[0] for row in connection.execute(_about(table, "id"), [tenant_id])]
            for table in tenant_tables()
            if table in with_ids
        }


def empty_tables(tenant_id: UUID) -> set[str]:
    """Return the tables in which the tenant has no row."""
    with past_the_wall() as connection:
        return {
            table
            for table in tenant_tables()
            if connection.execute(_about(table, "1", " LIMIT 1"), [tenant_id]).fetchone() is None
        }


def _about(table: str, what: str, tail: str = " ORDER BY id") -> sql.Composed:
    return sql.SQL(f"SELECT {what} FROM {{}} WHERE tenant_id = %s{tail}").format(sql.Identifier(table))


def checksums(tenant_id: UUID, *, except_for: frozenset[str] = frozenset()) -> dict[str, str]:
    """Return a sum over all of the tenant's rows, by table."""
    with past_the_wall() as connection:
        return {
            table: str(
                connection.execute(
                    _about(table, "md5(string_agg(t::text, '|' ORDER BY t::text))", "")
                    .as_string()
                    .replace(" WHERE", " t WHERE"),
                    [tenant_id],
                ).fetchone()
            )
            for table in tenant_tables()
            if table not in except_for
        }


def write_canaries(tenant_id: UUID, canary: str) -> None:
    """Write the canary into every text of the tenant that can hold one; what the database refuses stays as it is."""
    with past_the_wall() as connection:
        connection.execute("SET session_replication_role = replica")  # no trigger notices
        for table, column, length in text_columns():
            statement = sql.SQL(
                "UPDATE {0} SET {1} = {1} || %s WHERE tenant_id = %s AND {1} NOT LIKE %s AND length({1}) + %s <= %s"
            ).format(sql.Identifier(table), sql.Identifier(column))
            try:
                connection.execute(
                    statement, [f" {canary}", tenant_id, f"%{canary}%", len(canary) + 1, length or 10**6]
                )
            except psycopg.IntegrityError as refusal:
                message = f"{table}.{column} takes no canary: put it into PROGRAMS_WORDS or SAME_EVERYWHERE."
                raise AssertionError(message) from refusal


def text_columns() -> list[tuple[str, str, int | None]]:
    """Return the columns of tenant-owned tables that can hold a canary, with their length."""
    with past_the_wall() as connection:
        found = connection.execute(
            "SELECT table_name::text, column_name::text, character_maximum_length FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN ('character varying', 'text') AND is_generated = 'NEVER'"
            " AND (character_maximum_length IS NULL OR character_maximum_length >= 60) ORDER BY 1, 2"
        ).fetchall()
    tables, skipped = set(tenant_tables()), SAME_EVERYWHERE | PROGRAMS_WORDS
    return [
        (table, column, size)
        for table, column, size in found
        if table in tables and not {column, f"{table}.{column}"} & skipped
    ]
