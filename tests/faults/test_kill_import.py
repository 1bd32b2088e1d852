"""`kill -9` at random points of an import: resumed, it leaves the same tables as one clean run."""

import io
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from hansa.domain.imports.models import ImportRun
from hansa.kernel.tenancy import TenantContext, tenant_scope
from hansa.kernel.transactions import transaction
from tests.domain.imports.files import Row, made_file

PATIENCE_SECONDS = 600

# Every table by natural keys: ids, timestamps and the tenant differ from run to run, nothing else may.
_NOISE = (
    "'{tenant_id,id,created_at,updated_at,published_at,product_id,category_id,parent_id,image_id,attribute_id,"
    "run_id,file_name}'"
)
TABLES = {
    "category": f"SELECT to_jsonb(c) - {_NOISE}::text[] FROM catalog_category c",
    "product": f"""
        SELECT to_jsonb(p) - {_NOISE}::text[]
            || jsonb_build_object('path', c.path, 'published', p.published_at IS NOT NULL)
        FROM catalog_product p LEFT JOIN catalog_category c ON c.tenant_id = p.tenant_id AND c.id = p.category_id""",
    "variant": f"""
        SELECT to_jsonb(v) - {_NOISE}::text[] || jsonb_build_object('of', p.source_key, 'url', i.url)
        FROM catalog_variant v
        JOIN catalog_product p ON p.tenant_id = v.tenant_id AND p.id = v.product_id
        LEFT JOIN catalog_productimage i ON i.tenant_id = v.tenant_id AND i.id = v.image_id""",
    "image": f"""
        SELECT to_jsonb(i) - {_NOISE}::text[] || jsonb_build_object('of', p.source_key)
        FROM catalog_productimage i JOIN catalog_product p ON p.tenant_id = i.tenant_id AND p.id = i.product_id""",
    "attribute": f"""
        SELECT to_jsonb(a) - {_NOISE}::text[]
            || jsonb_build_object('of', p.source_key, 'fact', f.name, 'label', f.label)
        FROM catalog_productattribute a
        JOIN catalog_attribute f ON f.tenant_id = a.tenant_id AND f.id = a.attribute_id
        JOIN catalog_product p ON p.tenant_id = a.tenant_id AND p.id = a.product_id""",
    "listing": """
        SELECT (document::jsonb - 'id' - 'published_at') || jsonb_build_object('of', p.source_key)
        FROM catalog_listing l JOIN catalog_product p ON p.tenant_id = l.tenant_id AND p.id = l.product_id""",
    "placement": f"""
        SELECT to_jsonb(o) - {_NOISE}::text[] || jsonb_build_object('of', p.source_key, 'path', c.path)
        FROM catalog_placement o
        JOIN catalog_product p ON p.tenant_id = o.tenant_id AND p.id = o.product_id
        LEFT JOIN catalog_category c ON c.tenant_id = o.tenant_id AND c.id = o.category_id""",
    "listed attribute": f"""
        SELECT to_jsonb(a) - {_NOISE}::text[] || jsonb_build_object('of', p.source_key)
        FROM catalog_listing_attribute a JOIN catalog_product p ON p.tenant_id = a.tenant_id AND p.id = a.product_id""",
    "search": """
        SELECT to_jsonb(array_remove(tsvector_to_array(s.words), 'tenant:' || s.tenant_id)) || to_jsonb(p.source_key)
        FROM catalog_search s JOIN catalog_product p ON p.tenant_id = s.tenant_id AND p.id = s.product_id""",
    "run": f"SELECT to_jsonb(r) - {_NOISE}::text[] FROM imports_importrun r",
    "failure": f"SELECT to_jsonb(f) - {_NOISE}::text[] FROM imports_importfailure f",
}


def made_rows(products: int) -> list[Row]:
    """Return a catalogue with everything that an import writes, and a bad row now and then."""
    chance = random.Random(20)  # noqa: S311  (the same on every run)
    rows = []
    for number in range(products):
        handle = f"product-{number}"
        rows.append(
            {
                "Handle": handle,
                "Title": f"Product {number}",
                "Body (HTML)": f"<p>No. {number}</p>",
                "Vendor": f"Vendor {number % 7}",
                "Product Category": f"Shelf {number % 5} > Box {number % 11}",
                "Published": "maybe" if number % 400 == 5 else "true",
                "Option1 Name": "Size",
                "Option1 Value": "S",
                "Variant Price": f"{chance.randrange(100, 9999) / 100:.2f}",
                "Variant Inventory Qty": "3",
                "Image Src": f"https://x.example/{number}.jpg",
                "Image Position": "1",
                "Material (product.metafields.custom.material)": chance.choice(["Oak", "Wool", "Clay"]),
            }
        )
        price = "ten" if number % 300 == 7 else "12"
        rows.append({"Handle": handle, "Option1 Value": "M", "Variant Price": price, "Variant Inventory Qty": "0"})
    return rows


def start(file: Path, tenant: TenantContext) -> subprocess.Popen[str]:
    """Start the real command in a process of its own, one that hears Ctrl-C.

    What a shell starts with `&` ignores SIGINT, and so do its children: tests in the background would, too.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    arguments = ("manage", "import_products", str(file), "--format", "shopify", "--tenant", tenant.slug)
    return subprocess.Popen(
        [sys.executable, "-m", "hansa", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def finish(process: subprocess.Popen[str]) -> str:
    """Wait for the command; its status is 1, because some rows are bad."""
    printed, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 1, printed
    return printed


def kill_after(process: subprocess.Popen[str], tenant: TenantContext, rows: int, extra_seconds: float) -> None:
    """Kill the command without warning once `rows` are committed, somewhere in a later chunk."""
    wait_for(process, tenant, rows)
    time.sleep(extra_seconds)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "the import was done before it could be killed"
    assert process.stdout is not None
    process.stdout.close()


def wait_for(process: subprocess.Popen[str], tenant: TenantContext, rows: int) -> None:
    """Wait until `rows` are committed."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while committed_rows(tenant) < rows:
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def committed_rows(tenant: TenantContext) -> int:
    with tenant_scope(tenant), transaction():
        return max(ImportRun.objects.values_list("processed_rows", flat=True), default=0)


def tables(tenant: TenantContext) -> dict[str, list[str]]:
    """Return every row of every table that an import writes, comparable between tenants."""
    with tenant_scope(tenant), transaction(), connection.cursor() as cursor:
        found = {}
        for name, query in TABLES.items():
            cursor.execute(f"SELECT row::text FROM ({query}) AS t (row) ORDER BY 1")
            found[name] = [row for (row,) in cursor.fetchall()]
    return found


@pytest.mark.parametrize(
    ("products", "kills"), [(3_000, 3), pytest.param(100_000, 10, marks=pytest.mark.long)], ids=["short", "long"]
)
def test_a_killed_import_resumes_and_leaves_what_one_clean_run_leaves(
    shop: TenantContext, rival: TenantContext, tmp_path: Path, products: int, kills: int
) -> None:
    assert os.environ["DATABASE_URL"]
    file = made_file(tmp_path, made_rows(products))
    chance = random.Random(products)  # noqa: S311  (the same on every run)
    points = sorted(chance.randrange(1, 2 * products * 8 // 10) for _ in range(kills))
    for kill, rows in enumerate(points):
        process = start(file, shop)
        kill_after(process, shop, rows if kill else 1, chance.uniform(0, 0.15))
    printed = finish(start(file, shop))
    assert re.search(r"continuing after row [\d,]+", printed)
    finish(start(file, rival))
    killed, clean = tables(shop), tables(rival)
    for name, rows_ in clean.items():
        assert rows_, f"the made file writes no {name}"
        assert killed[name] == rows_, name


def test_an_interrupted_import_says_in_one_line_that_the_same_command_goes_on(
    shop: TenantContext, tmp_path: Path
) -> None:
    file = made_file(tmp_path, made_rows(8_000))
    process = start(file, shop)
    wait_for(process, shop, rows=1)
    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 130, printed
    assert printed.splitlines()[-1].startswith("Interrupted after row ")
    assert "The same command continues there" in printed
    assert "Traceback" not in printed
    assert "continuing after row" in finish(start(file, shop))


def test_an_interrupted_dry_run_says_that_nothing_was_written(
    shop: TenantContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.management import call_command

    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    errors = io.StringIO()
    file = made_file(tmp_path, made_rows(1))
    monkeypatch.setattr("hansa.interfaces.commands.management.commands.import_products.import_file", interrupt)
    with pytest.raises(SystemExit) as ended:
        call_command("import_products", str(file), file_format="shopify", tenant=shop.slug, dry_run=True, stderr=errors)
    assert (ended.value.code, errors.getvalue()) == (130, "Interrupted. Nothing was written.\n")
