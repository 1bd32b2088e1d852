"""The wall between tenants, asked of pg_catalog. See Note [The wall] in kernel/isolation.py."""

from typing import Any

import pytest
from django.db import connection

from hansa.kernel.isolation import CURRENT_TENANT_SQL

# Those named …_due were made by kernel.isolation.ExposeDue and answer with tenants' ids only.
ALLOWED_DEFINER_FUNCTIONS = {
    "catalog_find": "hansa_search",
    "audit_seal": "hansa_owner",  # a trigger's, so nobody can call it; its owner is behind the wall too
    "imports_others_wait": "hansa_worker",  # yes or no, of no named tenant
}
CLEARED_BY_TRIGGER = {"catalog_placement", "catalog_listing_attribute", "catalog_search"}
"""They hang on catalog_listing without a foreign key: Note [What hangs on the listing] in listing.sql."""


def _ask(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


TENANT_TABLES = """
    SELECT c.oid, c.relname FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'tenants_domain'
"""


def test_every_tenant_owned_model_is_a_table_behind_the_wall() -> None:
    from django.apps import apps

    from hansa.kernel.models import TenantOwned

    walled = {name for _, name in _ask(TENANT_TABLES)}
    models = {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantOwned)}
    assert len(models) > 5
    assert models <= walled


def test_row_level_security_is_enabled_and_forced_on_every_tenant_owned_table() -> None:
    open_tables = _ask(
        f"SELECT t.relname FROM ({TENANT_TABLES}) t JOIN pg_class c USING (oid)"
        " WHERE NOT (c.relrowsecurity AND c.relforcerowsecurity)"
    )
    assert open_tables == []


def test_every_policy_of_the_app_compares_the_tenant_for_reading_and_writing() -> None:
    policies = _ask(
        f"SELECT t.relname, p.polpermissive, p.polcmd, pg_get_expr(p.polqual, p.polrelid),"
        f" pg_get_expr(p.polwithcheck, p.polrelid), p.polroles::regrole[]::text[] FROM ({TENANT_TABLES}) t"
        " LEFT JOIN pg_policy p ON p.polrelid = t.oid AND p.polname = 'tenant_isolation'"
    )
    expected = (
        "(tenant_id = ( SELECT (NULLIF(current_setting('hansa.tenant'::text, true), ''::text))::uuid AS \"nullif\"))"
    )
    for table, permissive, command, using, check, roles in policies:
        assert permissive is True, table
        assert command == "*", table
        assert using == expected, (table, CURRENT_TENANT_SQL)
        assert check == expected, table
        assert sorted(roles) == ["hansa_app", "hansa_owner"], table


def test_no_other_policy_lets_the_app_see_more() -> None:
    others = _ask(
        "SELECT c.relname, p.polroles::regrole[]::text[] FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
        " WHERE p.polname NOT IN ('tenant_isolation', 'worker_reads_all')"
    )
    assert others == [("catalog_search", ["hansa_search"])]
    workers = _ask(
        "SELECT DISTINCT p.polroles::regrole[]::text[], p.polcmd FROM pg_policy p WHERE p.polname = 'worker_reads_all'"
    )
    assert workers in ([], [(["hansa_worker"], "r")])


def test_every_unique_index_of_a_tenant_owned_table_is_led_by_the_tenant() -> None:
    wrong = _ask(
        f"SELECT i.indexrelid::regclass::text FROM pg_index i JOIN ({TENANT_TABLES}) t ON t.oid = i.indrelid"
        " JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
        " WHERE i.indisunique AND a.attname <> 'tenant_id'"
    )
    assert wrong == []


def test_every_reference_to_a_tenant_owned_table_carries_the_tenant() -> None:
    wrong = _ask(
        f"""
        SELECT k.conname FROM pg_constraint k JOIN ({TENANT_TABLES}) target ON target.oid = k.confrelid
        WHERE k.contype = 'f' AND NOT EXISTS (
            SELECT FROM unnest(k.conkey, k.confkey) AS pair (mine, theirs)
            JOIN pg_attribute m ON m.attrelid = k.conrelid AND m.attnum = pair.mine
            JOIN pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = pair.theirs
            WHERE m.attname = 'tenant_id' AND t.attname = 'tenant_id'
        )"""
    )
    assert wrong == []


def test_every_relation_between_tenant_owned_models_has_its_composite_key() -> None:
    from django.apps import apps

    from hansa.kernel.models import TenantOwned

    keys = {
        (table, column)
        for table, column in _ask(
            "SELECT k.conrelid::regclass::text, a.attname FROM pg_constraint k"
            " JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)"
            " WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 2 AND a.attname <> 'tenant_id'"
        )
    }
    relations = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        if model._meta.app_label != "guardian"  # its tables are not made: see staff/guardian_migrations
        for field in model._meta.local_fields
        if field.is_relation and field.related_model and issubclass(field.related_model, TenantOwned)
    }
    assert len(relations) > 5
    assert relations <= keys


def test_every_tenant_owned_table_is_anchored_at_its_tenant_or_at_a_row_that_is() -> None:
    anchored = _ask(
        f"""
        SELECT t.relname FROM ({TENANT_TABLES}) t WHERE NOT EXISTS (
            SELECT FROM pg_constraint k WHERE k.conrelid = t.oid AND k.contype = 'f' AND NOT EXISTS (
                SELECT FROM pg_attribute a
                WHERE a.attrelid = t.oid AND a.attnum = ANY (k.conkey) AND NOT a.attnotnull
            )
        )"""
    )
    assert {table for (table,) in anchored} == CLEARED_BY_TRIGGER
    triggers = _ask(
        "SELECT tgname FROM pg_trigger WHERE tgrelid = 'catalog_listing'::regclass AND NOT tgisinternal"
        " AND tgenabled = 'O'"
    )
    assert ("catalog_listing_clear",) in triggers


@pytest.mark.parametrize("kind", ["v", "m"])
def test_there_is_no_view_that_could_look_over_the_wall(kind: str) -> None:
    views = _ask(f"SELECT relname FROM pg_class WHERE relkind = '{kind}' AND relnamespace = 'public'::regnamespace")
    assert views == []


def test_only_reviewed_functions_run_with_somebody_elses_rights() -> None:
    functions = _ask(
        "SELECT p.proname, p.proowner::regrole::text FROM pg_proc p WHERE p.prosecdef"
        " AND p.pronamespace = 'public'::regnamespace"
    )
    due = [(name, owner) for name, owner in functions if name.endswith("_due")]
    assert all(owner == "hansa_worker" for _, owner in due)
    others = [function for function in functions if function not in due]
    assert dict(others) == ALLOWED_DEFINER_FUNCTIONS


def test_what_names_due_tenants_answers_with_their_ids_and_nothing_else() -> None:
    answers = _ask(
        "SELECT DISTINCT pg_get_function_arguments(p.oid), pg_get_function_result(p.oid) FROM pg_proc p"
        " WHERE p.prosecdef AND p.proname LIKE '%\\_due' AND p.pronamespace = 'public'::regnamespace"
    )
    assert answers == [("moment timestamp with time zone", "SETOF uuid")]


def test_the_search_role_can_read_the_search_index_and_nothing_else() -> None:
    readable = _ask(
        "SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
        " AND has_any_column_privilege('hansa_search', c.oid, 'SELECT, INSERT, UPDATE')"
    )
    assert readable == [("catalog_search",)]
