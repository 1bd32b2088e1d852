"""Words of the catalogue: addresses from names, safe HTML, and what the search box looks in.

Pure functions. Everything here gives the same answer for the same text, so that an import that
runs twice changes nothing the second time.
"""

import html
import re
from functools import cache
from unicodedata import category as kind_of

import nh3
from anyascii import anyascii

MAX_SLUG_CHARACTERS = 300
MAX_SEARCH_CHARACTERS = 2000
MAX_SEARCH_WORDS = 12
_MAX_SEARCH_WORD_CHARACTERS = 60
_UNNAMED = "unnamed"

_APOSTROPHES = re.compile(r"['’`´]")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")
_TO_SPACES = {code: " " for code in range(128) if not chr(code).isalnum()}
_TAG = re.compile(r"<[^>]*>")
_SEEN_AS_NOTHING = re.compile(
    "[\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u2800\\u3164\\ufe00-\\ufe0f\\uffa0\\U000e0100-\\U000e01ef]"
)
"""Letters, signs and marks that are drawn as nothing: fillers, the empty Braille cell, variation selectors."""
_PICTURE_OF_NOTHING = re.compile(r"<img(?![^>]*\bsrc=)[^>]*>")

_TAGS = {
    *("p", "br", "hr", "div", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "code"),
    *("strong", "b", "em", "i", "u", "s", "small", "sub", "sup"),
    *("ul", "ol", "li", "dl", "dt", "dd"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *("a", "img", "figure", "figcaption"),
}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
}


def is_visible(text: str) -> bool:
    """Say whether people would see anything of `text`: more than spaces, control and format characters."""
    return any(
        kind_of(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"} and not _SEEN_AS_NOTHING.match(character)
        for character in text
    )


def slugify(name: str, *, max_characters: int = MAX_SLUG_CHARACTERS) -> str:
    """Return `name` as part of an address: small ASCII letters, digits and hyphens, never empty.

    Any script is spelled in Latin letters: "Ærøskøbing" → "aeroskobing", "茶" → "cha".
    """
    words = _APOSTROPHES.sub("", anyascii(name).lower())
    return _NOT_SLUG.sub("-", words)[: max_characters + 1].strip("-")[:max_characters].strip("-") or _UNNAMED


class SafeHtml(str):
    """HTML that has been through `sanitise_html`: whoever gets it need not sanitise it again."""

    __slots__ = ()


def sanitise_html(markup: str) -> SafeHtml:
    """Return `markup` with only harmless elements: no scripts, styles, frames, forms or event handlers.

    Links may be http, https or mailto; pictures https only, as the Content-Security-Policy says.
    """
    if isinstance(markup, SafeHtml):
        return markup
    text = markup.replace("\r\n", "\n").strip()
    if not any(sign in text for sign in "<>&"):
        return SafeHtml(text)  # plain text is its own HTML, and most descriptions of test catalogues are plain
    return SafeHtml(_PICTURE_OF_NOTHING.sub("", _cleaner().clean(text)).strip())


def plain_text(markup: str) -> str:
    """Return the words of sanitised HTML on one line, without tags."""
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


def search_text(name: str, vendor: str, tags: tuple[str, ...], skus: tuple[str, ...], description: str) -> str:
    """Return the words that the search box finds a product by, most telling first.

    Small ASCII letters and digits with single spaces, so that the database's text parser and
    `search_query` cut it into the same words. At most MAX_SEARCH_CHARACTERS characters.
    """
    # Folding makes text longer at most where it is not ASCII; the cut keeps a huge description cheap.
    text = " ".join((name, vendor, *tags, *skus, plain_text(description[: 4 * MAX_SEARCH_CHARACTERS])))
    folded = _fold(text)
    if len(folded) <= MAX_SEARCH_CHARACTERS:
        return folded
    return folded[: MAX_SEARCH_CHARACTERS + 1].rpartition(" ")[0] or folded[:MAX_SEARCH_CHARACTERS]


def search_query(query: str) -> str:
    """Return what a shopper typed as text for `to_tsquery('simple', …)`; "" when no word is left.

    Every word must be found; the last one may be the beginning of a word, because people search
    while they type. Nothing of the query's own syntax survives.
    """
    words = list(dict.fromkeys(_fold(query[:1000]).split()))[:MAX_SEARCH_WORDS]
    return " & ".join(
        f"{word[:_MAX_SEARCH_WORD_CHARACTERS]}:*"
        if word == words[-1] or len(word) > _MAX_SEARCH_WORD_CHARACTERS
        else word
        for word in words
    )


def _fold(text: str) -> str:
    """Spell `text` in small ASCII letters and digits, words parted by one space."""
    return " ".join(anyascii(text).lower().translate(_TO_SPACES).split())


def _allow_attribute(tag: str, attribute: str, value: str) -> str | None:
    """Drop pictures that are not https; nh3 asks this for every attribute that passed the allow-list."""
    if tag == "img" and attribute == "src" and not value.lower().startswith("https://"):
        return None
    return value


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_allow_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
