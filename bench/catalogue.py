"""Catalogues of any size, made in the database itself."""

import psycopg

_ROWS = """
    WITH shelf AS (
        INSERT INTO catalog_category (id, name, slug, path, position)
        SELECT gen_random_uuid(), 'Shelf ' || n, 'shelf-' || n, 'shelf-' || n, n FROM generate_series(1, %(shelves)s) n
        RETURNING id, position
    ), product AS (
        INSERT INTO catalog_product (id, category_id, name, slug, description, vendor, tags, option_names, status,
            published_at, seo_title, seo_description, metadata, search_text, popularity)
        SELECT gen_random_uuid(), shelf.id, 'Product ' || n || ' of good oak and linen', 'product-' || n,
            '<p>Made to be used every day.</p>', 'Vendor ' || n %% 50, '{wood,home}', '{Colour}', 'published',
            now() - n * interval '1 minute', '', '', '{}', 'product ' || n || ' oak linen vendor', n %% 1000
        FROM generate_series(1, %(products)s) n JOIN shelf ON shelf.position = 1 + n %% %(shelves)s
        RETURNING id
    ), image AS (
        INSERT INTO catalog_productimage (id, product_id, url, alt, position)
        SELECT gen_random_uuid(), id, 'https://pictures.example/' || id || '.jpg', 'A picture of it', 1 FROM product
    )
    INSERT INTO catalog_variant (id, product_id, option_values, position, sku, barcode, currency, price_amount,
        is_stock_tracked, stock_quantity, sells_when_out_of_stock, requires_shipping, is_taxable, metadata)
    SELECT gen_random_uuid(), product.id, ARRAY[colour], place, '', '', 'EUR', 500 + (random() * 20000)::int,
        true, (random() * 10)::int, false, true, true, '{}'
    FROM product, unnest(ARRAY['Red', 'Blue']) WITH ORDINALITY AS colours (colour, place)
"""


def fill(connection: psycopg.Connection, tenant_id: object, *, products: int, shelves: int) -> None:
    """Give a tenant `products` published products on `shelves` categories, and their listing."""
    with connection.transaction():
        connection.execute("SELECT set_config('hansa.tenant', %s, true)", [str(tenant_id)])
        connection.execute(_ROWS, {"products": products, "shelves": shelves})
        connection.execute("SELECT catalog_refresh_listing(NULL)")
