from pathlib import Path

from django.db import migrations, models

import hansa.kernel.ids
import hansa.kernel.tenancy
from hansa.kernel.isolation import ExposeDue, IsolateTenant

PRICING = Path(__file__).resolve().parent.parent

# The role that migrates sees one tenant at a time, as everybody does: the wall is forced.
LISTS_THAT_ARE_THERE = """
DO $$
DECLARE
    owner uuid;
BEGIN
    FOR owner IN SELECT t.id FROM tenants_tenant t ORDER BY t.id LOOP
        PERFORM set_config('hansa.tenant', owner::text, true);
        UPDATE pricing_pricelist SET is_active = is_active WHERE tenant_id = owner;
    END LOOP;
    PERFORM set_config('hansa.tenant', '', true);
END
$$;
"""


class Migration(migrations.Migration):
    """Note when price lists change what the listing shows, and let the worker find it."""

    dependencies = [("pricing", "0003_audit"), ("catalog", "0007_variant_listed_amount")]
    operations = [
        migrations.CreateModel(
            name="PriceListChange",
            fields=[
                ("tenant_id", models.UUIDField(default=hansa.kernel.tenancy.default_tenant_id, editable=False)),
                (
                    "id",
                    models.UUIDField(default=hansa.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("due_at", models.DateTimeField()),
            ],
            options={"abstract": False},
        ),
        IsolateTenant("PriceListChange"),
        ExposeDue("PriceListChange", column="due_at", condition="true"),
        migrations.RunSQL([(PRICING / "published.sql").read_text()]),
        migrations.RunSQL([LISTS_THAT_ARE_THERE]),
    ]
