"""Every operation stands in the one table that says who may do it."""

from hansa.domain.staff.types import CAPABILITIES
from tests.isolation import registry


def test_every_operation_is_registered() -> None:
    from tests.isolation.crawl import unregistered

    missing, _ = unregistered()
    lines = "\n".join(f'op("{key}", WHO)' for key in sorted(missing))
    assert not missing, f"Say in tests/isolation/registry.py who may do this:\n{lines}"


def test_every_registration_is_of_something_that_is_there() -> None:
    from tests.isolation.crawl import unregistered

    _, gone = unregistered()
    assert not gone, f"Take these out of tests/isolation/registry.py, or correct their keys: {sorted(gone)}"


def test_whoever_may_is_somebody_that_the_crawler_knows() -> None:
    known = set(CAPABILITIES) | {
        value for name, value in vars(registry).items() if name.isupper() and isinstance(value, str)
    }
    named = {who for one in registry.REGISTRY.values() for who in (one.read, one.write)}
    assert named <= known


def test_every_slot_that_holds_an_id_is_of_a_table_of_the_world() -> None:
    from tests.isolation.enumeration import all_operations
    from tests.isolation.tables import tenant_tables

    named = {one.table for one in registry.REGISTRY.values()} | set(registry.SLOTS.values())
    assert named - {""} <= set(tenant_tables())
    for operation in all_operations():
        filled = {slot for slot in operation.slots if slot in registry.SLOTS or slot in registry.WORDS}
        left = (
            set(operation.slots) - filled - {"object_id", "tenant_id"} - registry.REGISTRY[operation.key].slots.keys()
        )
        assert not left, f"{operation.key}: say in SLOTS or WORDS of tests/isolation/registry.py what {left} is."
