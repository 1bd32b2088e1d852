"""Addresses, safe HTML and the words of the search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hansa.domain.catalog.text import is_visible, plain_text, sanitise_html, search_query, search_text, slugify


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Ocean Blue Shirt", "ocean-blue-shirt"),
        ("Ærøskøbing – Blå Kop", "aeroskobing-bla-kop"),
        ("茶", "cha"),
        ("Men's  T-Shirt!", "mens-t-shirt"),
        ("★", "unnamed"),
        ("", "unnamed"),
    ],
)
def test_a_name_in_any_script_becomes_an_address(name: str, slug: str) -> None:
    assert slugify(name) == slug


@given(st.text())
def test_a_slug_is_never_empty_and_never_ends_with_a_hyphen(name: str) -> None:
    slug = slugify(name)
    assert 1 <= len(slug) <= 300
    assert slug == slug.strip("-")
    assert slug == slugify(slug)


@pytest.mark.parametrize(
    "text", ["Mug", "茶", "★", "\u200bMug", "☕\ufe0f", "e\u0301", "\U000e0100x", "1", "-", "\ue000"]
)
def test_what_people_can_see_is_visible(text: str) -> None:
    assert is_visible(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "\u200b", "\u2060", "\ufeff", "\u200b\u2060 \ufeff", "\x01\x7f", "\u202e", "\u00ad", "\u3164", "\u2800",
     "\u115f\u1160", "\uffa0", "\u034f", "\ufe0f", "\U000e0100", "\u3000\u00a0", "\ud800"],
)  # fmt: skip
def test_what_nobody_can_see_is_not(text: str) -> None:
    assert not is_visible(text)


@pytest.mark.parametrize(
    ("markup", "safe"),
    [
        ("<p>Fish &amp; chips</p>", "<p>Fish &amp; chips</p>"),
        ("<script>alert(1)</script><b>x</b>", "<b>x</b>"),
        ('<p onclick="x()" style="color:red">a</p>', "<p>a</p>"),
        ('<a href="javascript:x()">a</a>', '<a rel="noopener noreferrer nofollow">a</a>'),
        ('<img src="http://x.example/a.png" alt="a">', ""),
        ('<img src="https://x.example/a.png" onerror="x()">', '<img src="https://x.example/a.png">'),
        ("<iframe src='https://x.example'></iframe>", ""),
        ("plain\r\ntext ", "plain\ntext"),
        ("a < b", "a &lt; b"),
    ],
)
def test_only_harmless_html_is_kept(markup: str, safe: str) -> None:
    assert sanitise_html(markup) == safe


@given(st.text())
def test_sanitising_twice_changes_nothing(markup: str) -> None:
    once = sanitise_html(markup)
    assert sanitise_html(once) == once


def test_plain_text_parts_the_words_of_neighbouring_paragraphs() -> None:
    assert plain_text("<p>one</p><p>two &amp; three</p>") == "one two & three"


def test_the_search_text_holds_name_vendor_tags_and_skus_in_small_ascii() -> None:
    text = search_text("Café-Tasse", "Müller", ("Küche",), ("AB-12/3",), "<p>Schöne Tasse</p>")
    assert text == "cafe tasse muller kuche ab 12 3 schone tasse"


@given(st.text(), st.text())
def test_the_search_text_is_bounded_and_holds_only_words(name: str, description: str) -> None:
    text = search_text(name, "", (), (), description * 50)
    assert len(text) <= 2000
    assert all(word.isascii() and word.isalnum() for word in text.split(" ") if word)


def test_the_last_word_of_a_query_may_be_the_beginning_of_a_word() -> None:
    assert search_query("blue mu") == "blue & mu:*"


def test_a_query_is_cut_into_the_same_words_as_the_search_text() -> None:
    assert search_query("AB-12/3") == "ab & 12 & 3:*"


@given(st.text())
def test_nothing_of_the_querys_own_syntax_survives(query: str) -> None:
    terms = search_query(query).split(" & ")
    assert all(term.removesuffix(":*").isalnum() for term in terms if term)
    assert len(terms) <= 12


def test_a_query_without_words_asks_for_nothing() -> None:
    assert search_query("!? & | :*") == ""
