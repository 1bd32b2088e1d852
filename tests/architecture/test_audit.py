"""Every tenant-owned table is audited, or somebody has said why not."""

from collections import Counter

from django.apps import apps
from django.db import connection

from hansa.domain.audit.types import object_type_of
from tests.architecture.test_wall import TENANT_TABLES

EXEMPT = {
    # derived from audited tables
    "catalog_listing": "derived from the catalogue",
    "catalog_listing_attribute": "derived from the catalogue",
    "catalog_placement": "derived from the catalogue",
    "catalog_search": "derived from the catalogue",
    "catalog_cataloguechange": "counts changes, by triggers",
    "inventory_stockchange": "a queue for the worker",
    "pricing_pricelistchange": "a queue for the worker",
    "orders_ordercounter": "the last number given",
    "pricing_promotioncustomer": "counts the uses, which have rows of their own",
    # append-only themselves, with who and why
    "audit_auditentry": "the log itself",
    "audit_audithead": "the log itself",
    "django_admin_log": "Django's own log, which the audit log replaces",
    "inventory_stockmovement": "the ledger of stock, append-only, says who, when and why",
    "orders_timelineentry": "the order's own log",
    "payments_giftcardentry": "the ledger of gift cards",
    "payments_ledgerentry": "the ledger of money",
    "pricing_pricechange": "the history of prices, by a trigger",
    # written by shoppers, the worker and payment providers only
    "account_emailaddress": "the person's own addresses; the user's is audited",
    "account_emailconfirmation": "codes on their way",
    "accounts_customeraddress": "shoppers'",
    "carts_wish": "shoppers'",
    "mfa_authenticator": "secrets of the person's own",
    "socialaccount_socialaccount": "the person's own ways to log in",
    "socialaccount_socialapp": "holds a secret; `trust_provider` records what else it says",
    "socialaccount_socialtoken": "not kept",
    "usersessions_usersession": "where people are logged in; logins are recorded",
    "accounts_session": "a session is a secret; logins are recorded",
    "carts_cart": "shoppers'",
    "carts_cartline": "shoppers'",
    "checkout_idempotencykey": "the checkout's memory of answers",
    "events_event": "the outbox",
    "events_eventcounter": "the last number of the log",
    "events_handledevent": "the outbox",
    "catalog_picture": "the worker's copies of what products name; the products are audited",
    "exports_export": "asking, cancelling and downloading are recorded",
    "exports_exportfile": "the worker's: when an export is done, and when its file goes",
    "imports_importfailure": "an import's rows that failed; its start and end are recorded",
    "imports_importrun": "who asked for it, what they did to it, its start and end are recorded",
    "inventory_reservation": "moved by checkout and delivery, with a line in the ledger",
    "manual_manualcharge": "the pretended bank",
    "manual_manualtransfer": "the pretended bank",
    "notifications_notification": "the worker's list of e-mails",
    "orders_orderline": "what was bought, written once by the checkout",
    "payments_receivedevent": "what payment providers told",
    "webhooks_delivery": "the worker's log of what was sent",
    "webhooks_deliveryattempt": "the worker's log of what was sent",
    "pricing_promotionuse": "written by the checkout",
}

_TRIGGERS = """
    SELECT c.relname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = 'audit_change' AND t.tgenabled = 'O'
"""


def _ask(sql: str) -> list[tuple[str, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_every_tenant_owned_table_is_audited_or_exempt_for_a_reason() -> None:
    tables = {name for _, name in _ask(TENANT_TABLES)}
    audited = {table for table, _ in _ask(_TRIGGERS)}
    assert len(audited) > 20
    assert tables - audited == set(EXEMPT), "put it under AuditModel in a migration, or say here why not"


def test_every_audit_trigger_fires_for_all_changes_of_audited_actors_and_nobody_else() -> None:
    for table, definition in _ask(_TRIGGERS):
        assert f"AFTER INSERT OR DELETE OR UPDATE ON public.{table} FOR EACH ROW WHEN" in definition, definition
        assert "WHEN ((current_setting('hansa.actor'::text, true) <> ''::text))" in definition, definition


def test_no_two_kinds_of_audited_things_have_the_same_name() -> None:
    audited = {table for table, _ in _ask(_TRIGGERS)}
    kinds = Counter(object_type_of(model) for model in apps.get_models() if model._meta.db_table in audited)
    assert kinds.total() == len(audited)
    assert [kind for kind, times in kinds.items() if times > 1] == []


def test_the_chain_of_the_audit_log_is_sealed_at_commit() -> None:
    triggers = _ask("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'audit_auditentry_seal'")
    assert "DEFERRABLE INITIALLY DEFERRED" in triggers[0][0]
