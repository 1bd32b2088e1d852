from django.db import migrations

from hansa.kernel.isolation import ExposeDue, IsolateTenant

APPEND_ONLY = """
    CREATE FUNCTION payments_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is append-only: write an entry that sets it right', TG_TABLE_NAME
            USING ERRCODE = 'insufficient_privilege';
    END
    $$;
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments_ledgerentry
        FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON payments_giftcardentry
        FOR EACH ROW EXECUTE FUNCTION payments_refuse_change();
    CREATE TRIGGER never_emptied BEFORE TRUNCATE ON payments_ledgerentry
        FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_change();
    CREATE TRIGGER never_emptied BEFORE TRUNCATE ON payments_giftcardentry
        FOR EACH STATEMENT EXECUTE FUNCTION payments_refuse_change();
    REVOKE UPDATE, DELETE ON payments_ledgerentry, payments_giftcardentry FROM hansa_app;
"""

LIMITS = """
    ALTER TABLE payments_receivedevent ADD CONSTRAINT payments_receivedevent_payload_size
        CHECK (octet_length(payload::text) <= 16384);
    ALTER TABLE payments_payment ADD CONSTRAINT payments_payment_next_action_size
        CHECK (octet_length(next_action::text) <= 16384);
"""


class Migration(migrations.Migration):
    """Wall off payments by tenant, make the ledgers append-only, and let the worker find what is open."""

    dependencies = [("payments", "0001_initial"), ("tenants", "0001_initial")]
    operations = [
        IsolateTenant("Payment"),
        IsolateTenant("Refund"),
        IsolateTenant("LedgerEntry"),
        IsolateTenant("ReceivedEvent"),
        IsolateTenant("GiftCard"),
        IsolateTenant("GiftCardEntry"),
        ExposeDue("Payment", column="next_check_at", condition="next_check_at IS NOT NULL"),
        ExposeDue("Refund", column="next_check_at", condition="next_check_at IS NOT NULL"),
        migrations.RunSQL(APPEND_ONLY),
        migrations.RunSQL(LIMITS),
    ]
