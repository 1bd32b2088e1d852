"""What a process keeps stays within its bytes."""

from datetime import UTC, datetime, timedelta

from hansa.interfaces.shop.keeping.holes import Hole, PageWithHoles, render_with_holes
from hansa.interfaces.shop.keeping.memory import ENTRY_BYTES, PageMemory

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def _page(size: int, letter: bytes = b"x") -> PageWithHoles:
    return PageWithHoles((letter * size,), ())


def _room_for(number: int, size: int) -> int:
    return number * (size + ENTRY_BYTES)


def test_what_was_not_asked_for_the_longest_goes_first() -> None:
    memory = PageMemory(_room_for(3, 100))
    for name in "abc":
        memory.keep(name, _page(100), 1, LATER)
    assert memory.find("a", 1, NOW)
    memory.keep("d", _page(100), 1, LATER)
    assert [name for name in "abcd" if memory.find(name, 1, NOW)] == ["a", "c", "d"]
    assert memory.size == memory.max_bytes


def test_one_large_page_takes_the_place_of_several_and_one_too_large_takes_none() -> None:
    memory = PageMemory(_room_for(4, 0) + 400)
    for name in "abcd":
        memory.keep(name, _page(100), 1, LATER)
    memory.keep("huge", _page(memory.max_bytes), 1, LATER)
    assert len(memory) == 4
    memory.keep("large", _page(2 * (100 + ENTRY_BYTES) - ENTRY_BYTES), 1, LATER)
    assert [name for name in ("a", "b", "c", "d", "large") if memory.find(name, 1, NOW)] == ["c", "d", "large"]
    assert memory.size <= memory.max_bytes


def test_a_page_is_found_at_its_version_until_its_end_only() -> None:
    memory = PageMemory(_room_for(10, 100))
    memory.keep("a", _page(10), (1, 1), LATER)
    assert memory.find("a", (1, 1), NOW)
    assert memory.find("a", (1, 1), LATER - timedelta(seconds=1))
    assert memory.find("a", (1, 2), NOW) is None
    assert memory.find("a", (1, 1), LATER) is None
    assert memory.find("b", (1, 1), NOW) is None


def test_a_new_page_takes_the_place_of_the_old_one() -> None:
    memory = PageMemory(_room_for(10, 100))
    memory.keep("a", _page(10, b"o"), 1, LATER)
    memory.keep("a", _page(20, b"n"), 2, LATER)
    assert len(memory) == 1
    assert memory.size == 20 + ENTRY_BYTES
    found = memory.find("a", 2, NOW)
    assert found is not None
    assert found.fill({}) == b"n" * 20


def test_holes_are_filled_with_what_each_answer_has_and_nothing_else_is_asked_for() -> None:
    page = PageWithHoles((b"<a ", b"><b ", b">"), (Hole.NONCE, Hole.NONCE))
    asked = []

    def nonce() -> str:
        asked.append(1)
        return "é"

    assert page.fill({Hole.NONCE: nonce}) == "<a é><b é>".encode()
    assert asked == [1]


def test_a_page_is_rendered_without_anything_of_a_visitor() -> None:
    page = render_with_holes("shop/base.html", {"shop": {"name": "Acme"}, "palette": "rust"})
    assert set(page.holes) == {Hole.NONCE, Hole.CART_COUNT, Hole.NOTICES}
    values = {Hole.NONCE: lambda: "NONCE", Hole.CART_COUNT: lambda: "COUNT", Hole.NOTICES: lambda: "SAID"}
    text = page.fill(values).decode()
    assert 'nonce="NONCE"' in text
    assert "COUNT" in text
    assert "SAID" in text
    assert "hole-" not in text
