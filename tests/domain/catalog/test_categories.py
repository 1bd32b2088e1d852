"""The tree of categories. After every test the listing must equal a rebuild (conftest)."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from hansa.kernel.tenancy import TenantContext, tenant_scope
from tests.domain.catalog.conftest import make_mug, reload

type Documents = Callable[[], list[dict[str, Any]]]


def _create(name: str, parent: Any = None, **fields: Any) -> Any:
    from hansa.domain.catalog.services.create_category import create_category

    return create_category(name=name, parent_id=parent.pk if parent else None, **fields)


def _move(category: Any, parent: Any) -> Any:
    from hansa.domain.catalog.services.move_category import move_category

    return move_category(category_id=category.pk, parent_id=parent.pk if parent else None)


def _paths() -> dict[str, str]:
    from hansa.domain.catalog.models import Category
    from hansa.kernel.transactions import transaction

    with transaction():
        return dict(Category.objects.filter(archived_at=None).values_list("name", "path"))


@pytest.fixture
def shelves(in_shop: TenantContext) -> dict[str, Any]:  # noqa: ARG001  (the shelves stand in it)
    """Return Kitchen > Ceramics > Mugs, and Home beside Kitchen."""
    kitchen = _create("Kitchen")
    ceramics = _create("Ceramics", kitchen)
    return {"kitchen": kitchen, "ceramics": ceramics, "mugs": _create("Mugs", ceramics), "home": _create("Home")}


@pytest.fixture
def shelved_mug(shelves: dict[str, Any], now: datetime) -> Any:
    """Return a published mug on the shelf Mugs."""
    return make_mug(now, category_id=shelves["mugs"].pk)


def test_a_path_is_made_of_the_slugs_from_the_root(shelves: dict[str, Any]) -> None:
    assert _paths() == {
        "Kitchen": "kitchen",
        "Ceramics": "kitchen/ceramics",
        "Mugs": "kitchen/ceramics/mugs",
        "Home": "home",
    }
    assert [shelves["kitchen"].position, shelves["home"].position] == [0, 1]


def test_siblings_cannot_share_a_name_but_cousins_can(shelves: dict[str, Any]) -> None:
    from hansa.domain.catalog.errors import NameTaken

    with pytest.raises(NameTaken):
        _create("KITCHEN")
    with pytest.raises(NameTaken):
        _create("Ceramics", shelves["kitchen"])
    assert _create("Ceramics", shelves["home"]).path == "home/ceramics"


@pytest.mark.usefixtures("shelved_mug")
def test_moving_a_shelf_takes_everything_below_it_along(shelves: dict[str, Any], documents: Documents) -> None:
    _move(shelves["ceramics"], shelves["home"])
    assert _paths()["Mugs"] == "home/ceramics/mugs"
    (listed,) = documents()
    assert listed["category"]["path"] == "home/ceramics/mugs"


def test_moving_a_subtree_takes_as_many_statements_however_large_it_is(shelves: dict[str, Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    numbers = []
    for size, target in ((1, "home"), (40, None)):
        for number in range(size):
            _create(f"Shelf {size}-{number}", shelves["ceramics"])
        with CaptureQueriesContext(connection) as queries:
            _move(shelves["ceramics"], shelves[target] if target else None)
        numbers.append(len(queries))
    assert numbers[0] >= numbers[1]


@pytest.mark.usefixtures("shelved_mug")
def test_renaming_a_shelf_changes_its_address_and_its_products(shelves: dict[str, Any], documents: Documents) -> None:
    from hansa.domain.catalog.services.move_category import rename_category

    rename_category(category_id=shelves["kitchen"].pk, name="Küche")
    assert _paths()["Mugs"] == "kuche/ceramics/mugs"
    (listed,) = documents()
    assert listed["category"]["path"] == "kuche/ceramics/mugs"
    rename_category(category_id=shelves["mugs"].pk, name="Cups")
    assert documents()[0]["category"]["name"] == "Cups"


def test_a_shelf_cannot_be_renamed_or_moved_onto_its_sibling(shelves: dict[str, Any]) -> None:
    from hansa.domain.catalog.errors import NameTaken
    from hansa.domain.catalog.services.move_category import rename_category

    before = _paths()
    with pytest.raises(NameTaken):
        rename_category(category_id=shelves["home"].pk, name="Kitchen")
    _create("Mugs", shelves["home"])
    with pytest.raises(NameTaken):
        _move(shelves["mugs"], shelves["home"])
    assert _paths()["Kitchen"] == before["Kitchen"]


@pytest.mark.parametrize("target", ["kitchen", "ceramics", "mugs"])
def test_a_shelf_cannot_stand_inside_itself(shelves: dict[str, Any], target: str) -> None:
    from hansa.domain.catalog.errors import CategoryCycle

    before = _paths()
    with pytest.raises(CategoryCycle):
        _move(shelves["kitchen"], shelves[target])
    assert _paths() == before


def test_two_threads_cannot_move_two_shelves_into_each_other(shop: TenantContext) -> None:
    from hansa.domain.catalog.errors import CategoryCycle

    with tenant_scope(shop):
        first, second = _create("First"), _create("Second")
    outcomes: list[str] = []
    start = threading.Barrier(2)

    def move(category: Any, parent: Any) -> None:
        from django.db import connection

        with tenant_scope(shop):
            start.wait()
            try:
                _move(category, parent)
                outcomes.append("moved")
            except CategoryCycle:
                outcomes.append("refused")
        connection.close()

    threads = [threading.Thread(target=move, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["moved", "refused"]


@pytest.mark.parametrize("verb", ["delete", "archive"])
@pytest.mark.usefixtures("shelved_mug")
def test_a_shelf_with_anything_on_it_stays_and_says_how_much(shelves: dict[str, Any], now: datetime, verb: str) -> None:
    from hansa.domain.catalog.errors import CategoryNotEmpty
    from hansa.domain.catalog.services.archive_category import archive_category, delete_category

    def put_away(name: str) -> None:
        if verb == "delete":
            delete_category(category_id=shelves[name].pk)
        else:
            archive_category(category_id=shelves[name].pk, now=now)

    before = _paths()
    with pytest.raises(CategoryNotEmpty, match="1 product"):
        put_away("mugs")
    with pytest.raises(CategoryNotEmpty, match="1 category"):
        put_away("kitchen")
    assert _paths() == before
    put_away("home")
    assert "Home" not in _paths()


@pytest.mark.usefixtures("shelved_mug")
def test_an_emptied_shelf_can_be_deleted(shelves: dict[str, Any], now: datetime, documents: Documents) -> None:
    from hansa.domain.catalog.services.archive_category import delete_category
    from hansa.domain.catalog.services.reassign_products import reassign_category

    assert reassign_category(category_id=shelves["mugs"].pk, to=shelves["home"].pk, now=now) == 1
    delete_category(category_id=shelves["mugs"].pk)
    assert documents()[0]["category"]["path"] == "home"


def test_an_archived_product_keeps_its_shelf_from_being_deleted(
    shelves: dict[str, Any], shelved_mug: Any, now: datetime
) -> None:
    from hansa.domain.catalog.errors import CategoryNotEmpty
    from hansa.domain.catalog.services.archive_category import archive_category, delete_category
    from hansa.domain.catalog.services.archive_products import archive_products

    archive_products(product_ids=[shelved_mug.pk], now=now)
    with pytest.raises(CategoryNotEmpty):
        delete_category(category_id=shelves["mugs"].pk)
    archive_category(category_id=shelves["mugs"].pk, now=now)


def test_an_archived_shelf_gives_its_name_back_and_returns_when_it_is_free(
    shelves: dict[str, Any], now: datetime
) -> None:
    from hansa.domain.catalog.errors import NameTaken
    from hansa.domain.catalog.services.archive_category import archive_category, delete_category, restore_category

    archive_category(category_id=shelves["mugs"].pk, now=now)
    usurper = _create("Mugs", shelves["ceramics"])
    with pytest.raises(NameTaken):
        restore_category(category_id=shelves["mugs"].pk)
    delete_category(category_id=usurper.pk)
    _move(shelves["ceramics"], None)
    assert restore_category(category_id=shelves["mugs"].pk).path == "ceramics/mugs"


def test_a_shelf_is_not_restored_under_an_archived_parent(shelves: dict[str, Any], now: datetime) -> None:
    from hansa.domain.catalog.errors import CategoryNotFound
    from hansa.domain.catalog.services.archive_category import archive_category, restore_category

    archive_category(category_id=shelves["mugs"].pk, now=now)
    archive_category(category_id=shelves["ceramics"].pk, now=now)
    with pytest.raises(CategoryNotFound):
        restore_category(category_id=shelves["mugs"].pk)


def test_products_cannot_be_put_on_an_archived_shelf(shelves: dict[str, Any], now: datetime) -> None:
    from hansa.domain.catalog.errors import CategoryNotFound
    from hansa.domain.catalog.services.archive_category import archive_category
    from hansa.domain.catalog.services.reassign_products import reassign_products

    mug = make_mug(now)
    archive_category(category_id=shelves["mugs"].pk, now=now)
    with pytest.raises(CategoryNotFound):
        reassign_products(product_ids=[mug.pk], to=shelves["mugs"].pk, now=now)
    assert reload(mug).category_id is None


@pytest.mark.usefixtures("in_shop")
def test_a_tree_can_be_deep_but_its_paths_have_an_end() -> None:
    from hansa.domain.catalog.errors import InvalidCategory

    root = parent = _create("x" * 200)
    for _ in range(3):
        parent = _create("x" * 200, parent)
    deep = _create("y" * 190, parent)
    with pytest.raises(InvalidCategory):
        _create("z" * 20, deep)
    tall = _create("tall" * 10)
    with pytest.raises(InvalidCategory):
        _move(root, tall)


@pytest.mark.parametrize("name", ["", "  ", "x" * 201, "a\x00b", "\u200b", "\x01"])
@pytest.mark.usefixtures("in_shop")
def test_a_name_that_cannot_be_stored_is_refused(name: str) -> None:
    from hansa.domain.catalog.errors import InvalidCategory

    with pytest.raises(InvalidCategory):
        _create(name)


def test_a_rival_has_the_same_tree_and_never_notices_ours(shop: TenantContext, rival: TenantContext) -> None:
    from hansa.domain.catalog.errors import CategoryNotFound
    from hansa.domain.catalog.services.archive_category import delete_category
    from hansa.domain.catalog.services.move_category import rename_category

    with tenant_scope(rival):
        theirs = _create("Mugs", _create("Kitchen"))
    with tenant_scope(shop):
        ours = _create("Kitchen")
        _create("Mugs", ours)
        rename_category(category_id=ours.pk, name="Home")
        with pytest.raises(CategoryNotFound):
            _move(ours, theirs)
        with pytest.raises(CategoryNotFound):
            delete_category(category_id=theirs.pk)
    with tenant_scope(rival):
        assert _paths() == {"Kitchen": "kitchen", "Mugs": "kitchen/mugs"}
