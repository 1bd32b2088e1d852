"""The crawler's world is complete: what is not in it cannot leak in it."""

from tests.isolation.tables import NOT_IN_THE_WORLD, empty_tables, past_the_wall, text_columns
from tests.isolation.world import World


def test_every_tenant_owned_table_has_a_row_in_each_shop(world: World) -> None:
    for shop in world.shops:
        missing = empty_tables(shop.tenant.id) - NOT_IN_THE_WORLD.keys()
        assert not missing, f"Make a row of {sorted(missing)} in tests/isolation/world.py, or say why there is none."


def test_the_canary_stands_in_every_text_that_can_hold_one(world: World) -> None:
    shop = world.theirs
    without = []
    with past_the_wall() as connection:
        for table, name, _ in text_columns():
            column = f'"{name}"'
            found = connection.execute(
                f"SELECT count(*), count(*) FILTER (WHERE {column} LIKE %s) FROM {table}"
                f" WHERE tenant_id = %s AND {column} IS NOT NULL AND {column} <> ''",
                [f"%{shop.canary}%", shop.tenant.id],
            ).fetchone()
            if found and found[0] and not found[1]:
                without.append(f"{table}.{name}")
    assert without == []
