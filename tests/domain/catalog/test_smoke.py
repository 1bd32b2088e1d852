import io
def test_smoke(mug, now, later, documents):
    from hansa.domain.catalog.services.create_category import create_category
    from hansa.domain.catalog.services.move_category import move_category, rename_category
    from hansa.domain.catalog.services.archive_category import archive_category, restore_category, delete_category
    from hansa.domain.catalog.services.archive_products import archive_products, restore_products
    from hansa.domain.catalog.services.reassign_products import reassign_products
    from hansa.domain.catalog.services.update_product import update_product
    from hansa.domain.catalog.services.set_product_attributes import set_product_attributes
    from hansa.domain.catalog.services.add_image import add_image, add_image_url
    from django.core.files.base import ContentFile
    from PIL import Image
    a = create_category(name="Kitchen"); b = create_category(name="Mugs", parent_id=a.pk); c=create_category(name="Table")
    reassign_products(product_ids=[mug.pk], to=b.pk, now=now)
    move_category(category_id=a.pk, parent_id=c.pk)
    rename_category(category_id=c.pk, name="Tables")
    print(documents())
    archive_products(product_ids=[mug.pk], now=later)
    assert documents() == []
    restore_products(product_ids=[mug.pk], now=later)
    update_product(product_id=mug.pk, now=later, name="Mug", description="<script>x</script><b>ok</b>")
    set_product_attributes(product_id=mug.pk, attributes={"Material": ["Clay", "Glaze"]}, now=now)
    f = io.BytesIO(); Image.new("RGB", (30, 20)).save(f, "PNG")
    i = add_image(product_id=mug.pk, upload=ContentFile(f.getvalue(), name="x.svg"), now=now)
    add_image_url(product_id=mug.pk, url="https://x.example/a.png", now=now)
    print(i.url, i.width, documents())
