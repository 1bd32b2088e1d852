"""What a feed of products needs to know: one document for each published product.

Its pictures are our own where we have them, the largest rendition of each.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from hansa.kernel.postgresql.streaming import Stream

_DOCUMENTS = """
    SELECT p.category_id, json_build_object(
        'id', p.id, 'slug', p.slug, 'name', p.name, 'description', p.description, 'vendor', p.vendor,
        'option_names', p.option_names, 'metadata', p.metadata,
        'facts', (
            SELECT coalesce(json_agg(json_build_array(a.label, pa.value) ORDER BY a.label, pa.value), '[]')
            FROM catalog_productattribute pa
            JOIN catalog_attribute a ON a.tenant_id = pa.tenant_id AND a.id = pa.attribute_id
            WHERE pa.tenant_id = p.tenant_id AND pa.product_id = p.id
        ),
        'images', (
            SELECT coalesce(json_agg(coalesce(k.renditions -> -1 ->> 'url', i.url) ORDER BY i.position, i.id), '[]')
            FROM catalog_productimage i
            LEFT JOIN catalog_picture k ON k.tenant_id = i.tenant_id AND k.url = i.url AND k.sha256 <> ''
            WHERE i.tenant_id = p.tenant_id AND i.product_id = p.id
        ),
        'variants', (
            SELECT coalesce(json_agg(json_build_object(
                'id', v.id, 'sku', v.sku, 'barcode', v.barcode, 'option_values', v.option_values,
                'amount', least(v.price_amount, v.listed_amount), 'currency', v.currency,
                'former_amount', v.compare_at_amount, 'metadata', v.metadata,
                'is_stock_tracked', v.is_stock_tracked, 'stock_quantity', v.stock_quantity,
                'is_backordered', v.sells_when_out_of_stock
                    AND coalesce(v.stock_quantity + v.backorder_limit > 0, true),
                'image_url', coalesce(k.renditions -> -1 ->> 'url', i.url)
            ) ORDER BY v.position, v.id), '[]')
            FROM catalog_variant v
            LEFT JOIN catalog_productimage i ON i.tenant_id = v.tenant_id AND i.id = v.image_id
            LEFT JOIN catalog_picture k ON k.tenant_id = i.tenant_id AND k.url = i.url AND k.sha256 <> ''
            WHERE v.tenant_id = p.tenant_id AND v.product_id = p.id
        )
    )
    FROM catalog_product p
    WHERE p.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
        AND p.status = 'published' AND p.archived_at IS NULL
    ORDER BY p.id
"""


def published_products(stream: Stream) -> Iterator[tuple[UUID | None, dict[str, Any]]]:
    """Yield the category and the document of each product that shoppers see."""
    yield from stream.rows(_DOCUMENTS)
