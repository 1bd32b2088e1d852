"""Products in the back office, through the whole application."""

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image
from starlette.testclient import TestClient

from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.domain.catalog.conftest import derived_rows, make_mug
from tests.interfaces.backoffice.conftest import filled, messages_of, submit
from tests.worlds import entered

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
ADD = "/admin/catalog/product/add/"
LIST = "/admin/catalog/product/"


@pytest.fixture
def mug(shop: TenantContext) -> Any:
    """Return a published mug in two sizes."""
    with tenant_scope(shop):
        return make_mug(NOW)


def _documents(shop: TenantContext) -> list[dict[str, Any]]:
    """Return what shoppers see, having checked that it is what a rebuild would say."""
    from hansa.domain.catalog.queries import ListingQuery
    from hansa.domain.catalog.selectors import get_listing_page
    from hansa.domain.catalog.services.listing import rebuild_listing

    with entered(shop):
        kept = derived_rows()
        assert rebuild_listing() == 0
        assert derived_rows() == kept
        return get_listing_page(ListingQuery(limit=100)).documents()


def _stored(shop: TenantContext, **conditions: Any) -> list[Any]:
    from hansa.domain.catalog.models import Product

    with entered(shop):
        return list(Product.objects.filter(**conditions))


def _rows(prefix: str, *rows: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a formset with these new rows."""
    fields: dict[str, Any] = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        fields |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return fields


def _png(size: tuple[int, int] = (30, 20)) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "tan").save(file, "PNG")
    return file.getvalue()


NEW_BOWL = (
    {
        "name": "Enamel bowl",
        "status": "published",
        "option_names": "Size",
        "tags": "new, blue",
        "metadata": "{}",
        "description": "<b>Sturdy</b><script>x()</script>",
    }
    | _rows(
        "variants",
        {
            "option_1": "Small",
            "price_amount": "19.99",
            "stock_quantity": "3",
            "is_stock_tracked": "on",
            "position": "1",
        },
        {
            "option_1": "Large",
            "price_amount": "25",
            "compare_at_amount": "30.5",
            "stock_quantity": "0",
            "position": "2",
        },
    )
    | _rows(
        "images",
        {"alt": "From above", "position": "1"},
        {"url": "https://example.com/bowl.jpg", "alt": "", "position": "2"},
    )
    | _rows("attributes")
)


def _action(browser: TestClient, action: str, *products: Any, **fields: Any) -> Any:
    return submit(browser, LIST, {"action": action, "_selected_action": [str(p.pk) for p in products]} | fields)


def test_every_page_of_the_back_office_answers(staff: TestClient, shop: TenantContext, mug: Any) -> None:
    from hansa.domain.catalog.services.create_category import create_category
    from hansa.domain.catalog.services.set_product_attributes import set_product_attributes
    from hansa.domain.imports.models import ImportFailure, ImportRun

    with entered(shop):
        kitchen = create_category(name="Kitchen")
        set_product_attributes(product_id=mug.pk, attributes={"Material": ["Clay"]}, now=NOW)
        fact = mug.attributes.get()
        variant = mug.variants.first()
        run = ImportRun.objects.create(file_name="shop.csv", file_format="shopify", file_sha256="0" * 64)
        ImportFailure.objects.create(run=run, row=7, column="Variant Price", message="“abc” is no price", cells={})
    pages = ["/admin/", "/admin/password_change/"]
    for model in ("catalog/product", "catalog/category", "catalog/attribute"):
        pages += [f"/admin/{model}/", f"/admin/{model}/add/"]
    pages += [
        "/admin/imports/importrun/",
        f"/admin/imports/importrun/{run.pk}/change/",
        f"/admin/catalog/product/{mug.pk}/change/",
        f"/admin/audit/auditentry/?about={mug.pk}",
        f"/admin/catalog/variant/{variant.pk}/change/",
        f"/admin/catalog/category/{kitchen.pk}/change/",
        f"/admin/catalog/category/{kitchen.pk}/delete/",
        f"/admin/catalog/attribute/{fact.attribute_id}/change/",
        f"/admin/catalog/attribute/{fact.attribute_id}/delete/",
        "/admin/search/?s=mug",
        "/admin/jsi18n/",
    ]
    assert {page: staff.get(page, follow_redirects=False).status_code for page in pages} == dict.fromkeys(pages, 200)
    assert "“abc” is no price" in staff.get(f"/admin/imports/importrun/{run.pk}/change/").text


def test_a_product_is_created_with_variants_pictures_and_prices_as_people_write_them(
    staff: TestClient, shop: TenantContext
) -> None:
    answer = submit(staff, ADD, NEW_BOWL, files={"images-0-upload": ("bowl.gif", _png(), "image/gif")})
    assert answer.status_code == 302, messages_of(answer.text)
    (listed,) = _documents(shop)
    assert listed["price"] == {"amount": 1999, "currency": "EUR"}
    assert (listed["image"]["width"], listed["image"]["height"]) == (30, 20)
    assert listed["image"]["url"].endswith(".png")
    (bowl,) = _stored(shop, slug="enamel-bowl")
    assert (bowl.description, bowl.tags, bowl.status) == ("<b>Sturdy</b>", ["new", "blue"], "published")
    with entered(shop):
        assert list(bowl.variants.values_list("option_values", "price_amount", "compare_at_amount", "currency")) == [
            (["Small"], 1999, None, "EUR"),
            (["Large"], 2500, 3050, "EUR"),
        ]


def test_saving_a_page_that_nobody_touched_changes_nothing(staff: TestClient, shop: TenantContext, mug: Any) -> None:
    path = f"/admin/catalog/product/{mug.pk}/change/"
    before = _documents(shop)
    with entered(shop):
        variants = list(mug.variants.values())
    page = staff.get(path).text
    assert submit(staff, path, filled(page)).status_code == 302
    assert _documents(shop) == before
    with entered(shop):
        assert list(mug.variants.values()) == variants


def test_a_price_is_changed_and_a_variant_deleted_on_the_products_page(
    staff: TestClient, shop: TenantContext, mug: Any
) -> None:
    path = f"/admin/catalog/product/{mug.pk}/change/"
    fields = filled(staff.get(path).text) | {"variants-0-price_amount": "21.5", "variants-1-DELETE": "on"}
    assert submit(staff, path, fields).status_code == 302
    (listed,) = _documents(shop)
    assert (listed["price"]["amount"], listed["price_varies"]) == (2150, False)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"variants-0-price_amount": "19,99"}, "is not a number"),
        ({"variants-0-price_amount": "19.999"}, "more decimals"),
        ({"variants-0-option_1": ""}, "one value for each option"),
        ({"variants-1-option_1": "Small"}, "both “Small”"),
        ({"option_names": "A, B, C, D"}, "no more than 3"),
        ({"variants-0-DELETE": "on", "variants-1-DELETE": "on"}, "without a variant"),
        ({"metadata": "[1]"}, "JSON object"),
        ({"metadata": r'{"x": "\ud800"}'}, "half a character"),
        ({"metadata": r'{"x": "\u0000"}'}, "U+0000"),
        ({"metadata": '{"x": ' + "9" * 5001 + "}"}, "valid JSON"),
        ({"metadata": '{"x": ' + "[" * 200_000 + "]" * 200_000 + "}"}, "valid JSON"),
        ({"metadata": '{"x": "' + "x" * 20_000 + '"}'}, "16 KiB"),
        ({"images-1-url": "http://example.com/plain.jpg"}, "begins with https://"),
        ({"name": ""}, "required"),
        ({"name": "\u200b\u2060\ufeff"}, "nothing in it that people can see"),
        ({"option_names": "Size, \u200b"}, "Name at most 3 options"),
        ({"variants-0-option_1": "\u200b"}, "one value for each option"),
    ],
)
def test_what_a_service_refuses_is_said_on_the_form_and_nothing_is_kept(
    staff: TestClient, shop: TenantContext, changes: dict[str, str], reason: str
) -> None:
    answer = submit(staff, ADD, NEW_BOWL | changes, files={"images-0-upload": ("bowl.png", _png(), "image/png")})
    assert answer.status_code == 200
    assert reason in messages_of(answer.text).replace("&#x27;", "'")
    assert _stored(shop) == []
    from django.core.files.storage import default_storage

    assert not default_storage.exists(str(shop.id)) or default_storage.listdir(str(shop.id))[1] == []


def test_an_upload_that_is_no_picture_is_refused_beside_its_field(staff: TestClient, shop: TenantContext) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    answer = submit(staff, ADD, NEW_BOWL, files={"images-0-upload": ("bowl.png", svg, "image/png")})
    assert "no picture that browsers show" in messages_of(answer.text)
    assert _stored(shop) == []


def test_a_new_upload_replaces_a_picture_and_its_file(staff: TestClient, shop: TenantContext) -> None:
    from django.core.files.storage import default_storage

    submit(staff, ADD, NEW_BOWL, files={"images-0-upload": ("bowl.png", _png(), "image/png")})
    (bowl,) = _stored(shop)
    (old,) = (listed["image"]["url"] for listed in _documents(shop))
    path = f"/admin/catalog/product/{bowl.pk}/change/"
    fields = filled(staff.get(path).text)
    answer = submit(staff, path, fields, files={"images-0-upload": ("new.png", _png((8, 9)), "image/png")})
    assert answer.status_code == 302, messages_of(answer.text)
    (listed,) = _documents(shop)
    assert listed["image"]["height"] == 9
    assert not default_storage.exists(old.removeprefix("/media/"))


def test_an_uploaded_file_goes_again_when_the_request_breaks_behind_it(
    staff: TestClient, shop: TenantContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.core.files.storage import default_storage

    written: list[list[str]] = []

    def fail(**_: object) -> None:
        written.append(default_storage.listdir(str(shop.id))[1])
        raise ZeroDivisionError

    monkeypatch.setattr("hansa.interfaces.backoffice.products.check_option_values", fail)
    answer = submit(staff, ADD, NEW_BOWL, files={"images-0-upload": ("bowl.png", _png(), "image/png")})
    assert answer.status_code == 500
    assert [len(files) for files in written] == [1]
    assert default_storage.listdir(str(shop.id))[1] == []
    assert _stored(shop) == []


def test_actions_publish_unpublish_archive_and_restore(staff: TestClient, shop: TenantContext, mug: Any) -> None:
    for action, shown in (("unpublish", 0), ("publish", 1), ("archive", 0), ("restore", 1)):
        assert _action(staff, action, mug, archive="all").status_code == 302
        if action == "archive":
            assert "Speckled mug" not in staff.get(LIST).text
            restored = submit(
                staff, f"{LIST}?archive=archived", {"action": "restore", "_selected_action": [str(mug.pk)]}
            )
            assert restored.status_code == 302
            assert len(_documents(shop)) == 1
            continue
        assert len(_documents(shop)) == shown


def test_an_action_that_is_refused_says_why(staff: TestClient, shop: TenantContext) -> None:
    from hansa.domain.catalog.services.create_product import create_product

    with entered(shop):
        empty = create_product(name="Nothing", now=NOW)
    _action(staff, "publish", empty)
    assert "without a variant" in staff.get(LIST).text
    assert _stored(shop)[0].status == "draft"


def test_products_are_moved_to_a_category_in_two_steps(staff: TestClient, shop: TenantContext, mug: Any) -> None:
    from hansa.domain.catalog.services.create_category import create_category

    with entered(shop):
        kitchen = create_category(name="Kitchen")
    question = _action(staff, "move_to_category", mug)
    assert question.status_code == 200
    assert "Speckled mug" in question.text
    answer = _action(staff, "move_to_category", mug, is_chosen="yes", category=str(kitchen.pk))
    assert answer.status_code == 302
    assert _documents(shop)[0]["category"]["name"] == "Kitchen"


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("q=speckl", True),
        ("q=MUG-L", True),
        ("q=mug-l", True),
        ("q=Aria", True),
        ("q=spéckled", True),
        ("q=teapot", False),
        ("q=%00", True),
        ("status__exact=published", True),
        ("status__exact=draft", False),
        ("stock=in", True),
        ("stock=out", False),
        ("vendor=Aria", True),
        ("vendor=Norden", False),
        ("vendor=%00", False),
        ("status__exact=%00", False),
        ("stock=%00", False),
        ("archive=%00", False),
        ("category=%00", False),
        ("category=none", True),
        ("category=not-an-id", False),
        ("archive=archived", False),
        ("archive=all", True),
        ("o=4.-6", True),
    ],
)
def test_the_list_is_searched_and_narrowed(staff: TestClient, mug: Any, query: str, *, is_found: bool) -> None:
    page = staff.get(f"{LIST}?{query}")
    assert page.status_code == 200
    assert (f"/{mug.pk}/change/" in page.text) is is_found


@pytest.mark.parametrize(
    "address",
    [
        "catalog/category/?q=%00", "catalog/category/?archive=%00", "catalog/attribute/?is_filterable__exact=%00",
        "catalog/attribute/?q=%00", "catalog/product/?p=%00", "catalog/product/?o=%00", "search/?s=%00",
        "imports/importrun/?status__exact=%00", "imports/importrun/?q=%00", "catalog/product/?%00=%00",
        "catalog/product/?_changelist_filters=%00", "catalog/product/%00/change/", "catalog/variant/%00/change/",
        "catalog/product/add/?name=%00&category=%00&metadata=%00", "catalog/category/?e=%00",
    ],
)  # fmt: skip
def test_no_address_of_the_back_office_breaks_on_a_nul(staff: TestClient, address: str) -> None:
    assert staff.get(f"/admin/{address}").status_code in {200, 404}


def test_an_action_on_ids_that_are_none_does_nothing(staff: TestClient, mug: Any) -> None:
    for chosen in ("\x00", "not-an-id"):
        answer = submit(staff, LIST, {"action": "archive", "_selected_action": [chosen]})
        assert answer.status_code in {200, 302}
    assert f"/{mug.pk}/change/" in staff.get(LIST).text


def test_a_category_filter_includes_what_stands_below(staff: TestClient, shop: TenantContext, mug: Any) -> None:
    from hansa.domain.catalog.services.create_category import create_category
    from hansa.domain.catalog.services.reassign_products import reassign_products

    with entered(shop):
        kitchen = create_category(name="Kitchen")
        mugs = create_category(name="Mugs", parent_id=kitchen.pk)
        other = create_category(name="Kitchen tools")
        reassign_products(product_ids=[mug.pk], to=mugs.pk, now=NOW)
    found = {
        shelf.name: "Speckled mug" in staff.get(f"{LIST}?category={shelf.pk}").text for shelf in (kitchen, mugs, other)
    }
    assert found == {"Kitchen": True, "Mugs": True, "Kitchen tools": False}


@pytest.mark.usefixtures("staff")
def test_the_list_takes_as_many_statements_for_forty_products_as_for_two(
    shop: TenantContext, count_statements: Callable[[str], int]
) -> None:
    with tenant_scope(shop):
        for number in range(2):
            make_mug(NOW, name=f"Mug {number}")
    few = count_statements(LIST)
    with tenant_scope(shop):
        for number in range(38):
            make_mug(NOW, name=f"More {number}")
    assert count_statements(LIST) == few


def test_a_rivals_things_are_not_found(
    staff: TestClient, rival: TenantContext, log_in: Callable[[TenantContext], TestClient]
) -> None:
    from hansa.domain.catalog.models import Product
    from hansa.domain.catalog.services.create_category import create_category

    with tenant_scope(rival):
        theirs, shelf = make_mug(NOW), create_category(name="Kitchen")
    with entered(rival):
        variant = theirs.variants.first()
    for path in (
        f"/admin/catalog/product/{theirs.pk}/change/",
        f"/admin/catalog/product/{theirs.pk}/history/",
        f"/admin/catalog/variant/{variant.pk}/change/",
        f"/admin/catalog/category/{shelf.pk}/change/",
        f"/admin/catalog/category/{shelf.pk}/delete/",
    ):
        assert staff.get(path).status_code == 404, path
    _action(staff, "archive", theirs)
    with entered(rival):
        assert Product.objects.get().archived_at is None
    assert "Speckled" not in staff.get(LIST).text
    assert "Speckled" in log_in(rival).get(LIST).text


def test_a_rivals_category_cannot_be_chosen(staff: TestClient, shop: TenantContext, rival: TenantContext) -> None:
    from hansa.domain.catalog.services.create_category import create_category

    with tenant_scope(rival):
        shelf = create_category(name="Kitchen")
    answer = submit(staff, ADD, NEW_BOWL | {"category": str(shelf.pk), "images-TOTAL_FORMS": 0})
    assert "Select a valid choice" in answer.text
    assert _stored(shop) == []


def test_products_cannot_be_deleted_only_archived(staff: TestClient, mug: Any) -> None:
    assert staff.get(f"/admin/catalog/product/{mug.pk}/delete/").status_code == 403
    assert "delete_selected" not in staff.get(LIST).text


def test_a_variants_own_page_changes_what_is_rarely_changed(staff: TestClient, shop: TenantContext, mug: Any) -> None:
    with entered(shop):
        variant = mug.variants.first()
    path = f"/admin/catalog/variant/{variant.pk}/change/"
    fields = filled(staff.get(path).text) | {"weight_grams": "350", "price_amount": "17"}
    assert submit(staff, path, fields).status_code == 302
    assert _documents(shop)[0]["price"]["amount"] == 1700
    with entered(shop):
        variant.refresh_from_db()
    assert (variant.weight_grams, variant.option_values) == (350, ["Small"])


@pytest.mark.usefixtures("shop")
def test_the_page_of_a_product_on_sale_leads_to_the_shop(staff: TestClient, mug: Any) -> None:
    assert f'href="/p/{mug.slug}/"' in staff.get(f"/admin/catalog/product/{mug.pk}/change/").text
    _action(staff, "unpublish", mug)
    assert f'href="/p/{mug.slug}/"' not in staff.get(f"/admin/catalog/product/{mug.pk}/change/").text


def test_a_product_with_many_variants_is_edited_page_by_page(staff: TestClient, shop: TenantContext) -> None:
    from hansa.domain.catalog.types import VariantDraft

    drafts = [VariantDraft(option_values=(str(n),), price_amount=100 + n) for n in range(130)]
    with tenant_scope(shop):
        product = make_mug(NOW, variants=drafts)
    path = f"/admin/catalog/product/{product.pk}/change/"
    page = staff.get(f"{path}?variants-page=5")
    fields = filled(page.text)
    assert fields["variants-0-option_1"] == "120"
    fields["variants-0-price_amount"] = "0.5"
    answer = submit(staff, f"{path}?variants-page=5", fields)
    assert answer.status_code == 302, messages_of(answer.text)
    assert _documents(shop)[0]["price"]["amount"] == 50
    with entered(shop):
        assert product.variants.count() == 130


@pytest.mark.usefixtures("mug")
def test_the_first_page_shows_the_numbers_of_this_shop(
    staff: TestClient, shop: TenantContext, count_statements: Callable[[str], int]
) -> None:
    from hansa.domain.catalog.services.create_product import create_product

    with entered(shop):
        create_product(name="Draft", now=NOW)
    words = messages_of(staff.get("/admin/").text)
    assert re.search(r"Published 1 ", words)
    assert re.search(r"Drafts 1 ", words)
    assert re.search(r"Out of stock 0 ", words)
    assert count_statements("/admin/") <= 11


def test_the_log_names_who_did_it_and_stays_in_the_shop(
    staff: TestClient, shop: TenantContext, rival: TenantContext
) -> None:
    from django.contrib.admin.models import LogEntry

    submit(staff, ADD, NEW_BOWL | {"images-TOTAL_FORMS": 0})
    with entered(shop):
        entry = LogEntry.objects.select_related("user").get()
        assert (entry.object_repr, entry.user.get_username()) == ("Enamel bowl", "ada@example.com")
    with entered(rival):
        assert LogEntry.objects.count() == 0
