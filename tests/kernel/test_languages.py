import pytest
from hypothesis import given
from hypothesis import strategies as st

from hansa.kernel.languages import negotiate


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("de", "de"),
        ("DE-at", "de"),
        ("de-Latn-DE-1996, en;q=0.5", "de"),
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "en"),
        ("en;q=0.3,de;q=0.7", "de"),
        ("en ; q=0.300 , de ; Q=0.301", "de"),
        ("de, en", "de"),
        ("en, de", "en"),
        ("fr, de;q=0", ""),
        ("en;q=0, *", "de"),
        ("de;q=0, *;q=0.1", "en"),
        ("*", ""),
        ("*;q=0", ""),
        ("en;q=0, de;q=0.0, *", ""),
        ("fr", ""),
        ("deu", ""),
        ("d", ""),
        ("de;q=high", ""),
        (f"de{'-a' * 2_000}", ""),
        (f"de{'-a' * 2_000}, en", "en"),
        ("de;q=nan", ""),
        ("de;q=-1", ""),
        ("de;q=0.12345", ""),
        ("de;level=1", ""),
        ("", ""),
        (",;,=", ""),
    ],
)
def test_the_language_is_the_best_that_is_asked_for_and_there(asked: str, found: str) -> None:
    assert negotiate(asked) == found


def test_only_what_is_offered_is_found() -> None:
    assert negotiate("de-AT, en", offered=("en", "pt-br")) == "en"
    assert negotiate("pt-BR-x-anything, en;q=0.9", offered=("en", "pt-br")) == "pt-br"


def test_a_header_without_end_is_read_as_far_as_anybody_would_write_one() -> None:
    assert negotiate("fr," * 31 + "de") == "de"
    assert negotiate("fr," * 32 + "de") == ""


@given(st.text(max_size=60))
def test_any_header_gives_a_language_or_none(asked: str) -> None:
    assert negotiate(asked) in {"", "en", "de"}
