"""How fast a large file is imported, beside a bare upsert of the same rows on the same machine.

python bench/import_benchmark.py --rows 300000

Starts a PostgreSQL of its own in a temporary directory, as durable as the one that serves a shop,
makes a file with three rows a product, imports it through the real service, and then writes the same
products and variants to another tenant with nothing but COPY and INSERT … ON CONFLICT DO UPDATE: no
reading of the file, no checks, no images, no listing. Prints rows/s of both, their ratio, how much the
importing process grew, and what the process that reads held after its first chunk and at most.
"""

import argparse
import atexit
import csv
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import Any

ROWS_PER_PRODUCT = 3
WORDS = [
    "hand",
    "made",
    "stoneware",
    "glazed",
    "linen",
    "oak",
    "brass",
    "cotton",
    "wool",
    "enamel",
    "kitchen",
    "table",
    "garden",
    "winter",
    "spring",
    "light",
    "heavy",
    "round",
    "small",
    "deep",
    "plain",
    "striped",
    "washed",
    "woven",
    "forged",
    "turned",
    "fired",
    "everyday",
    "classic",
    "nordic",
    "coastal",
]
HEADER = [
    "Handle",
    "Title",
    "Body (HTML)",
    "Vendor",
    "Product Category",
    "Type",
    "Tags",
    "Published",
    "Option1 Name",
    "Option1 Value",
    "Option2 Name",
    "Option2 Value",
    "Option3 Name",
    "Option3 Value",
    "Variant SKU",
    "Variant Grams",
    "Variant Inventory Tracker",
    "Variant Inventory Qty",
    "Variant Inventory Policy",
    "Variant Fulfillment Service",
    "Variant Price",
    "Variant Compare At Price",
    "Variant Requires Shipping",
    "Variant Taxable",
    "Variant Barcode",
    "Image Src",
    "Image Position",
    "Image Alt Text",
    "Gift Card",
    "SEO Title",
    "SEO Description",
    "Google Shopping / Google Product Category",
    "Google Shopping / Gender",
    "Google Shopping / Age Group",
    "Google Shopping / MPN",
    "Google Shopping / Condition",
    "Google Shopping / Custom Product",
    "Material (product.metafields.custom.material)",
    "Variant Image",
    "Variant Weight Unit",
    "Variant Tax Code",
    "Cost per item",
    "Status",
]


def made_rows(products: int, seed: int = 1) -> Iterator[dict[str, str]]:
    """Give the rows of a catalogue that looks like a real export, the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311  (the same on every run)
    vendors = [f"{chance.choice(WORDS).title()} & {chance.choice(WORDS).title()}" for _ in range(60)]
    shelves = [f"{chance.choice(WORDS).title()} > {chance.choice(WORDS).title()}" for _ in range(120)]
    for number in range(products):
        words = [chance.choice(WORDS) for _ in range(4)]
        handle, title = f"{'-'.join(words)}-{number}", " ".join(words).title()
        text = " ".join(chance.choice(WORDS) for _ in range(45))
        body = f"<p>{text}.</p><ul><li>{words[0]}</li><li>{words[1]}</li></ul>"
        price = chance.randrange(500, 20_000)
        for place, size in enumerate(("S", "M", "L"), 1):
            row = {
                "Handle": handle,
                "Option1 Value": size,
                "Option2 Value": words[2].title(),
                "Variant SKU": f"{number:06}-{size}" if number % 3 else "",
                "Variant Grams": str(chance.randrange(100, 5000)),
                "Variant Inventory Tracker": "shopify",
                "Variant Inventory Qty": str(chance.randrange(0, 40)),
                "Variant Inventory Policy": "deny",
                "Variant Fulfillment Service": "manual",
                "Variant Price": f"{(price + 100 * place) / 100:.2f}",
                "Variant Compare At Price": f"{price * 2 / 100:.2f}" if number % 4 == 0 else "",
                "Variant Requires Shipping": "true",
                "Variant Taxable": "true",
                "Image Src": f"https://cdn.example.com/s/files/1/0559/0089/{number}/{handle}-{place}.jpg?v={number}",
                "Image Position": str(place),
                "Image Alt Text": f"{title}, {size}",
                "Variant Weight Unit": "kg",
                "Cost per item": f"{price / 200:.2f}",
            }
            if place == 1:
                row |= {
                    "Title": title,
                    "Body (HTML)": body,
                    "Vendor": chance.choice(vendors),
                    "Product Category": chance.choice(shelves),
                    "Type": words[3].title(),
                    "Tags": ", ".join(words[:3]),
                    "Published": "true",
                    "Option1 Name": "Size",
                    "Option2 Name": "Color",
                    "Gift Card": "false",
                    "SEO Title": title,
                    "Google Shopping / Condition": "new",
                    "Material (product.metafields.custom.material)": words[1].title(),
                    "Status": "active",
                }
            yield row


def write_made_file(path: Path, products: int) -> None:
    """Write the catalogue as a Shopify export."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, HEADER, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(made_rows(products))


def resident_megabytes(process: str = "self") -> float:
    """Return what a process holds in memory now; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0)


def children_megabytes() -> float:
    """Return what the processes that this one has started hold in memory now."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    return sum(map(resident_megabytes, children))


def cpu_seconds() -> float:
    """Return the processor time this process has used."""
    return time.process_time()


def import_made_file(path: Path, warm_up: Path) -> tuple[float, float, Any]:
    """Import `path`; returns seconds, megabytes of growth and the summary."""
    from hansa.domain.imports.services.import_file import ImportProgress, import_file
    from hansa.domain.tenants.services.create import create_tenant
    from hansa.kernel.clock import now
    from hansa.kernel.tenancy import tenant_scope

    with tenant_scope(create_tenant(slug="warm-up", name="Warm-up")):
        import_file(warm_up, file_format="shopify", now=now())
    before, peak = resident_megabytes(), 0.0
    reader: list[float] = []

    def watch(progress: ImportProgress) -> None:
        nonlocal peak
        peak = max(peak, resident_megabytes())
        if progress.done_rows:
            reader.append(children_megabytes())

    with tenant_scope(create_tenant(slug="bench", name="Bench")):
        started, cpu = time.monotonic(), cpu_seconds()
        summary = import_file(path, file_format="shopify", now=now(), on_progress=watch)
        seconds = time.monotonic() - started
        print(f"  of which {cpu_seconds() - cpu:.1f} s are this process, the rest PostgreSQL and waiting", flush=True)
        print(f"  the process that reads held {reader[0]:.0f} MB after its first chunk, at most {max(reader):.0f} MB")
    return seconds, max(peak, resident_megabytes()) - before, summary


BARE = {
    "product": (
        (
            "id uuid, name text, slug text, source_key text, description text, vendor text, tags text[],"
            " option_names text[], search_text text"
        ),
        (
            "INSERT INTO catalog_product AS t (tenant_id, id, name, slug, source_key, description, vendor, tags,"
            " option_names, search_text, status, published_at, seo_title, seo_description, metadata, popularity)"
            " SELECT %s, id, name, slug, source_key, description, vendor, tags, option_names, search_text,"
            " 'published', now(), '', '', '{}', 0 FROM bare_product"
            " ON CONFLICT (tenant_id, source_key) WHERE archived_at IS NULL DO UPDATE SET name = excluded.name,"
            " description = excluded.description, vendor = excluded.vendor, tags = excluded.tags,"
            " option_names = excluded.option_names, search_text = excluded.search_text, updated_at = now()"
        ),
    ),
    "variant": (
        (
            "id uuid, product_id uuid, option_values text[], position integer, sku text, price_amount bigint,"
            " stock_quantity integer, weight_grams integer"
        ),
        (
            "INSERT INTO catalog_variant AS t (tenant_id, id, product_id, option_values, position, sku, barcode,"
            " currency, price_amount, is_stock_tracked, stock_quantity, sells_when_out_of_stock, weight_grams,"
            " requires_shipping, is_taxable, metadata) SELECT %s, id, product_id, option_values, position, sku, '',"
            " 'EUR', price_amount, true, stock_quantity, false, weight_grams, true, true, '{}' FROM bare_variant"
            " ON CONFLICT (tenant_id, product_id, option_values) DO UPDATE SET position = excluded.position,"
            " sku = excluded.sku, price_amount = excluded.price_amount, stock_quantity = excluded.stock_quantity,"
            " weight_grams = excluded.weight_grams, updated_at = now()"
        ),
    ),
}


def bare_chunks(products: int, size: int = 1000) -> Iterator[tuple[list[Any], list[Any]]]:
    """Give ready rows of products and variants, chunk by chunk."""
    from hansa.kernel.ids import uuid7

    for chunk in batched(made_rows(products), size * ROWS_PER_PRODUCT, strict=False):
        product_rows, variant_rows = [], []
        for place, row in enumerate(chunk):
            if place % ROWS_PER_PRODUCT == 0:
                product_id = uuid7()
                product_rows.append(
                    (
                        *(product_id, row["Title"], row["Handle"], row["Handle"], row["Body (HTML)"], row["Vendor"]),
                        *(row["Tags"].split(", "), ["Size", "Color"], f"{row['Title']} {row['Vendor']}".lower()),
                    )
                )
            variant_rows.append(
                (
                    *(uuid7(), product_id, [row["Option1 Value"], row["Option2 Value"]], place % ROWS_PER_PRODUCT + 1),
                    *(row["Variant SKU"], int(row["Variant Price"].replace(".", ""))),
                    *(int(row["Variant Inventory Qty"]), int(row["Variant Grams"])),
                )
            )
        yield product_rows, variant_rows


def bare_upsert(products: int) -> float:
    """Write the same products and variants with nothing around it; returns the database's seconds."""
    from django.db import connection

    from hansa.domain.tenants.services.create import create_tenant
    from hansa.kernel.tenancy import tenant_scope
    from hansa.kernel.transactions import transaction

    seconds = 0.0
    tenant = create_tenant(slug="bare", name="Bare")
    with tenant_scope(tenant):
        for chunk in bare_chunks(products):
            started = time.monotonic()
            with transaction(), connection.cursor() as cursor:
                for (table, (columns, insert)), rows in zip(BARE.items(), chunk, strict=True):
                    cursor.execute(
                        f"CREATE TEMPORARY TABLE IF NOT EXISTS bare_{table} ({columns}) ON COMMIT DELETE ROWS"
                    )
                    with cursor.copy(f"COPY bare_{table} FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(row)
                    cursor.execute(insert, [tenant.id])
            seconds += time.monotonic() - started
    return seconds


def main() -> int:
    """Run it; exit 1 when a bar is missed."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=300_000)
    arguments.add_argument("--keep", type=Path, help="use and keep this directory instead of a temporary one")
    arguments.add_argument("--skip-bare", action="store_true")
    options = arguments.parse_args()
    products = options.rows // ROWS_PER_PRODUCT
    home = options.keep or Path(tempfile.mkdtemp(prefix="hansa-import-bench-"))
    os.environ |= {
        "HANSA_HOME": str(home),
        "HANSA_LOG_FORMAT": "text",
        "DJANGO_SETTINGS_MODULE": "hansa.config.settings",
    }
    os.environ.pop("DATABASE_URL", None)
    if options.keep is None:
        # Registered before the server is started, so it runs after the server has stopped.
        atexit.register(shutil.rmtree, home, ignore_errors=True)
    return measure(products, home, is_bare_wanted=not options.skip_bare)


def close_connections() -> None:
    """Give the connection back and close the pool, so that the server can stop."""
    from django.db import connection

    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]  # PostgreSQL's backend has it


def measure(products: int, home: Path, *, is_bare_wanted: bool) -> int:
    """Make the file, import it, upsert it bare, print."""
    from hansa.config.cli import start_database

    start_database()
    import django

    django.setup()
    made, warm_up = home / "made.csv", home / "warm-up.csv"
    write_made_file(made, products)
    write_made_file(warm_up, 500)
    rows = products * ROWS_PER_PRODUCT
    print(f"{products:,} products, {rows:,} rows, {made.stat().st_size / 1e6:.0f} MB", flush=True)
    seconds, growth, summary = import_made_file(made, warm_up)
    print(f"import        {rows / seconds:9,.0f} rows/s   {seconds:.1f} s   (bar: 5,000 rows/s)")
    print(f"memory growth {growth:9.1f} MB       (bar: 64 MB)")
    is_met = rows / seconds >= 5000 and growth <= 64 and (summary.created, summary.failed_rows) == (products, 0)  # noqa: PLR2004
    if is_bare_wanted:
        bare = bare_upsert(products)
        print(f"bare upsert   {rows / bare:9,.0f} rows/s   {bare:.1f} s")
        print(f"ratio         {bare / seconds:9.0%}          (bar: 30 %)")
        is_met = is_met and bare / seconds >= 0.3  # noqa: PLR2004
    close_connections()
    return 0 if is_met else 1


if __name__ == "__main__":
    sys.exit(main())
