from django.db import migrations

from hansa.domain.work.models import OPEN_SQL
from hansa.kernel.isolation import ExposeDue, IsolateTenant

# Which tenants have pictures that nobody looked at for a day: asked by the worker, as `ExposeDue` explains.
UNSEEN = """
    CREATE FUNCTION catalog_picture_unseen_due(moment timestamptz) RETURNS SETOF uuid
        LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS
        $$ SELECT DISTINCT t.tenant_id FROM catalog_picture t WHERE t.looked_at <= moment - interval '1 day' $$;
    ALTER FUNCTION catalog_picture_unseen_due(timestamptz) OWNER TO hansa_worker;
    REVOKE ALL ON FUNCTION catalog_picture_unseen_due(timestamptz) FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION catalog_picture_unseen_due(timestamptz) TO hansa_app;
"""


class Migration(migrations.Migration):
    """Wall off pictures by tenant, and let the worker find those to fetch and those to look at."""

    dependencies = [("catalog", "0008_picture"), ("tenants", "0001_initial")]
    operations = [
        IsolateTenant("Picture"),
        ExposeDue("Picture", column="available_at", condition=OPEN_SQL),
        migrations.RunSQL(UNSEEN),
    ]
