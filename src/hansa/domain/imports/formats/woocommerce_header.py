"""The header of a WooCommerce product file, in whatever language the shop's site was.

Source: ../shared/FORMATS.md §4.2. The exporter translates all names, but its order is fixed: who wrote the file
in a language we do not know is understood by the places of the columns, as long as nobody moved them.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hansa.domain.imports.errors import UnknownHeader

_ORDER = (
    *("id", "type", "sku", "name", "published", "featured", "visibility", "short_description", "description"),
    *("sale_starts", "sale_ends", "tax_status", "tax_class", "in_stock", "stock", "low_stock", "backorders"),
    *("sold_individually", "weight", "length", "width", "height", "reviews", "purchase_note", "sale_price"),
    *("regular_price", "categories", "tags", "shipping_class", "images", "download_limit", "download_expiry"),
    *("parent", "grouped", "upsells", "cross_sells", "external_url", "button_text", "position"),
)
"""The exporter's columns; behind `sku` newer ones have `gtin`, which contains these letters in every language."""
_GTIN = re.compile(r"gtin|\bean\b|\bisbn\b", re.IGNORECASE)

_ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("id",),
    "type": ("type", "typ", "tipo", "тип"),
    "sku": ("sku", "artikelnummer", "ugs", "cod", "артикул", "stock keeping unit"),
    "name": ("name", "nom", "nombre", "nome", "naam", "имя", "название", "nazwa"),
    "published": ("published", "veröffentlicht", "publié", "publicado", "pubblicato", "gepubliceerd", "опубликован"),
    "visibility": (
        *("visibility in catalog", "sichtbarkeit im katalog", "visibilité dans le catalogue"),
        *("visibilidad en el catálogo", "visibilità nel catalogo", "видимость в каталоге"),
    ),
    "short_description": (
        *("short description", "kurzbeschreibung", "description courte", "descripción corta", "breve descrizione"),
        *("korte beschrijving", "краткое описание"),
    ),
    "description": ("description", "beschreibung", "descripción", "descrizione", "beschrijving", "описание"),
    "sale_starts": ("date sale price starts",),
    "sale_ends": ("date sale price ends",),
    "tax_status": ("tax status", "steuerstatus", "estado del impuesto", "статус налога"),
    "in_stock": ("in stock?", "vorrätig?", "en stock ?", "en stock?", "¿existencias?", "op voorraad?", "наличие"),
    "stock": ("stock", "lager", "bestand", "inventario", "magazzino", "voorraad", "запасы"),
    "backorders": ("backorders allowed?", "lieferrückstände erlaubt?"),
    "sale_price": (
        *("sale price", "angebotspreis", "tarif promo", "precio rebajado", "prezzo in offerta", "actieprijs"),
        "акционная цена",
    ),
    "regular_price": (
        *("regular price", "regulärer preis", "tarif régulier", "precio normal", "prezzo di listino"),
        *("reguliere prijs", "базовая цена"),
    ),
    "categories": ("categories", "kategorien", "catégories", "categorías", "categorie", "categorieën", "категории"),
    "tags": ("tags", "schlagwörter", "étiquettes", "etiquetas", "tag", "метки"),
    "images": ("images", "bilder", "imágenes", "immagine", "immagini", "afbeeldingen", "изображения"),
    "parent": ("parent", "übergeordnetes produkt", "übergeordnet", "superior", "genitore", "hoofd", "родительский"),
    "external_url": ("external url", "externe url", "url externe", "url externa", "внешний url"),
}
_FIELD_BY_NAME = {alias: field for field, aliases in _ALIASES.items() for alias in aliases}
_WEIGHT = re.compile(r"^(?:weight|gewicht|poids|peso|вес)\s*\((\w+)\)$", re.IGNORECASE)
_UNIT = re.compile(r"\((\w+)\)\s*$")
_NUMBERED = re.compile(r"(?<!\d)(\d{1,3})(?!\d)")
_ATTRIBUTE = re.compile(r"^attribute (\d{1,3}) (name|value\(s\))$", re.IGNORECASE)

_GRAMS = {"g": 1.0, "kg": 1000.0, "lbs": 453.59237, "lb": 453.59237, "oz": 28.349523125, "г": 1.0, "кг": 1000.0}


@dataclass(frozen=True, slots=True)
class Header:
    """Where each thing stands in a row of this file."""

    names: tuple[str, ...]
    """As the file writes them."""
    fields: Mapping[str, int]
    """Our field → column index."""
    attributes: tuple[tuple[int, int], ...]
    """For each attribute the columns of its name and its values."""
    grams_per_unit: float
    """How much one unit of the weight column is."""

    def name_of(self, field: str) -> str:
        """Return the column of `field` as the file writes it; "" when the file has none."""
        index = self.fields.get(field)
        return "" if index is None else self.names[index]


def read_header(names: Sequence[str]) -> Header:
    """Find the columns. Raises UnknownHeader when it is not the header of a WooCommerce product file."""
    fields = _by_name(names)
    is_english = {"type", "name", "regular_price"} <= fields.keys()
    behind = 0
    if not is_english and (placed := _by_place(names)):
        fields = placed
        behind = len(placed)
    _check(names, fields)
    attributes = _attributes_by_name(names) if is_english else ()
    attributes = attributes or _attributes_by_place(names, behind)
    unit = _UNIT.search(names[fields["weight"]]) if "weight" in fields else None
    return Header(tuple(names), fields, attributes, _GRAMS.get(unit[1].lower(), 1000.0) if unit else 1000.0)


def _by_name(names: Sequence[str]) -> dict[str, int]:
    fields: dict[str, int] = {}
    for index, written in enumerate(names):
        name = " ".join(written.split()).casefold()
        if field := _FIELD_BY_NAME.get(name):
            fields.setdefault(field, index)
        elif _WEIGHT.match(name):
            fields.setdefault("weight", index)
        elif _GTIN.search(name) and not name.startswith("meta:"):
            fields.setdefault("gtin", index)
    return fields


def _by_place(names: Sequence[str]) -> dict[str, int]:
    """Return the columns by the exporter's own order; nothing when it cannot be that."""
    order = [*_ORDER]
    if len(names) > 3 and _GTIN.search(names[3]):  # noqa: PLR2004  (behind the SKU)
        order.insert(3, "gtin")
    if len(names) < len(order) or names[0].strip().casefold() != "id":
        return {}
    return {field: index for index, field in enumerate(order)}


def _attributes_by_name(names: Sequence[str]) -> tuple[tuple[int, int], ...]:
    found: dict[int, dict[str, int]] = {}
    for index, name in enumerate(names):
        if match := _ATTRIBUTE.match(" ".join(name.split())):
            found.setdefault(int(match[1]), {}).setdefault(match[2].lower(), index)
    return tuple((one["name"], one["value(s)"]) for _, one in sorted(found.items()) if len(one) == 2)  # noqa: PLR2004


def _attributes_by_place(names: Sequence[str], behind: int) -> tuple[tuple[int, int], ...]:
    """Return the first two columns in a row that bear each number: an attribute's name and its values."""
    found: list[tuple[int, int]] = []
    index = behind
    while index + 1 < len(names):
        numbers = [_NUMBERED.search(name) for name in names[index : index + 2]]
        wanted = str(len(found) + 1)
        if all(number and number[1] == wanted for number in numbers) and "meta:" not in names[index].casefold():
            found.append((index, index + 1))
            index += 1
        index += 1
    return tuple(found)


def _check(names: Sequence[str], fields: Mapping[str, int]) -> None:
    missing = [name for name in ("type", "name") if name not in fields]
    if not missing and (fields.keys() & {"regular_price", "sku", "id"}):
        return
    found = ", ".join(repr(name[:60]) for name in names[:12]) + (", …" if len(names) > 12 else "")  # noqa: PLR2004
    message = (
        f"This is not a WooCommerce product file: it has no column {' and none '.join(missing) or 'SKU'}."
        f" The first row holds {found}. Export all columns, in English if you can, and import that file."
    )
    if len(names) == 1 and any(sign in names[0] for sign in ";\t|"):
        message += " The cells are parted by semicolons or tabs: save the file with commas."
    raise UnknownHeader(message)
