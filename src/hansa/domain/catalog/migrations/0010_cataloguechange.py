from pathlib import Path

import django.db.models.functions.datetime
from django.db import migrations, models

import hansa.kernel.ids
import hansa.kernel.tenancy
from hansa.domain.catalog.operations import note_changes_sql
from hansa.domain.catalog.types import Shown
from hansa.kernel.isolation import ExposeDue, IsolateTenant

CATALOG = Path(__file__).resolve().parent.parent

SHOWN = [
    note_changes_sql("catalog_category", Shown.LISTS, ignore=("updated_at",)),
    note_changes_sql("catalog_listing", Shown.LISTS),
    note_changes_sql("catalog_listing_attribute", Shown.LISTS),
    note_changes_sql("catalog_placement", Shown.LISTS, ignore=("popularity",), ignored=Shown.POPULARITY),
    # Only columns that no page shows: whatever the listing takes of them changes the listing.
    note_changes_sql(
        "catalog_product",
        Shown.PRODUCTS,
        ignore=("created_at", "updated_at", "source_key", "metadata", "search_text", "popularity"),
    ),
    note_changes_sql("catalog_variant", Shown.PRODUCTS, ignore=("created_at", "updated_at", "metadata")),
    note_changes_sql("catalog_productimage", Shown.PRODUCTS),
    note_changes_sql(
        "catalog_picture",
        Shown.PRODUCTS,
        ignore=(
            *("created_at", "updated_at", "status", "available_at", "attempts", "failures", "last_error"),
            *("host", "original", "files", "looked_at"),
        ),
    ),
    note_changes_sql("catalog_productattribute", Shown.PRODUCTS),
    note_changes_sql("catalog_attribute", Shown.PRODUCTS),
]


class Migration(migrations.Migration):
    """Count the changes of what pages show, so that a page that was kept is dropped with the first of them."""

    dependencies = [("catalog", "0009_picture_wall")]
    operations = [
        migrations.CreateModel(
            name="CatalogueChange",
            fields=[
                ("tenant_id", models.UUIDField(default=hansa.kernel.tenancy.default_tenant_id, editable=False)),
                (
                    "id",
                    models.UUIDField(default=hansa.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("lists", "lists"), ("popularity", "popularity"), ("products", "products")],
                        editable=False,
                        max_length=20,
                    ),
                ),
                ("changes", models.BigIntegerField(db_default=1, editable=False)),
                (
                    "noted_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), editable=False, null=True
                    ),
                ),
            ],
            options={"abstract": False},
        ),
        IsolateTenant("CatalogueChange"),
        ExposeDue("CatalogueChange", column="noted_at", condition="noted_at IS NOT NULL"),
        migrations.RunSQL([(CATALOG / "changes.sql").read_text()]),
        migrations.RunSQL([statement for table in SHOWN for statement in table]),
    ]
