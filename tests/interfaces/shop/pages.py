"""Pages read the way a browser reads them, and what must hold for each."""

from html.parser import HTMLParser

_WITHOUT_END = {"meta", "link", "img", "input", "br", "hr"}


class Page(HTMLParser):
    """The elements of a page: (tag, attributes, text) in the order of the page."""

    def __init__(self, source: str) -> None:
        """Read `source`; elements that are not closed, or closed in the wrong order, are an error."""
        super().__init__()
        self.source = source
        self.elements: list[tuple[str, dict[str, str], list[str]]] = []
        self._open: list[tuple[str, dict[str, str], list[str]]] = []
        self.feed(source)
        self.close()
        assert not self._open, f"never closed: {[tag for tag, _, _ in self._open]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element: tuple[str, dict[str, str], list[str]] = (tag, {name: value or "" for name, value in attrs}, [])
        self.elements.append(element)
        if tag not in _WITHOUT_END:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}, []))

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"</{tag}> closes nothing"
        assert self._open[-1][0] == tag, f"</{tag}> closes <{self._open[-1][0]}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for _, _, text in self._open:
            text.append(data)

    def all(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        """Return the attributes of every such element, with its words as `text`."""
        return [
            attributes | {"text": " ".join("".join(text).split())}
            for name, attributes, text in self.elements
            if name == tag and all(attributes.get(key.rstrip("_")) == value for key, value in wanted.items())
        ]

    def one(self, tag: str, **wanted: str) -> dict[str, str]:
        """Return the only such element."""
        (element,) = self.all(tag, **wanted)
        return element

    def link(self, text: str) -> str:
        """Return where the first link with these words leads."""
        links = [a["href"] for a in self.all("a") if text in a["text"]]
        assert links, f"no link says {text!r}"
        return links[0]

    @property
    def products(self) -> list[str]:
        """The names on the product cards."""
        return [h["text"] for h in self.all("h3") if h["text"] in {a["text"] for a in self.all("a")}]


def check_page(page: Page, policy: str) -> None:
    """Assert what must hold for every page of the shop."""
    assert len(page.all("h1")) == 1
    assert page.one("html")["lang"] == "en"
    assert page.one("title")["text"]
    assert page.all("main")
    ids = [attributes["id"] for _, attributes, _ in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    for script in page.all("script"):
        if script.get("type") == "application/json":
            continue  # data, which no browser runs
        assert f"'nonce-{script['nonce']}'" in policy
    for image in page.all("img"):
        assert "alt" in image
        assert int(image["width"]) > 0
        assert int(image["height"]) > 0
    for tag, attributes, _ in page.elements:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
    labelled = {label["for"] for label in page.all("label")}
    for field in [*page.all("input"), *page.all("select")]:
        assert field.get("type") == "hidden" or field["id"] in labelled
