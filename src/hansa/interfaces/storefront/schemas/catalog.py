"""What the catalogue's endpoints take and answer."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hansa.domain.catalog.queries import MAX_PAGE, ListingQuery, Sort
from hansa.domain.catalog.text import search_query

_ATTRIBUTE = "attr."
_MAX_ATTRIBUTES = 10
_MAX_AMOUNT = 10**12

Text = Annotated[str, Field(max_length=200)]


class ProductsQuery(BaseModel):
    """What to list. `attr.<name>=<value>` filters by an attribute or option and may be repeated.

    Several values of one attribute mean any of them; several attributes mean all of them.
    """

    model_config = ConfigDict(extra="allow")

    category: Annotated[
        str | None,
        Field(max_length=1000, description="A category's slug or path, with all below it.", examples=["kitchen"]),
    ] = None
    q: Annotated[Text | None, Field(description="Words to search for; the last may be unfinished.")] = None
    sort: Annotated[Sort | None, Field(description="Default: `newest`, with `q`: `relevance`.")] = None
    min_price: Annotated[int | None, Field(ge=0, le=_MAX_AMOUNT, description="Minor units.")] = None
    max_price: Annotated[int | None, Field(ge=0, le=_MAX_AMOUNT, description="Minor units.")] = None
    in_stock: bool | None = None
    facets: Annotated[bool, Field(description="Also count the selection by attribute, price and stock.")] = False
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 24
    cursor: Annotated[str | None, Field(max_length=1000, description="`next_cursor` of the page before.")] = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        unknown = [name for name in self.model_extra or {} if not name.startswith(_ATTRIBUTE)]
        if unknown:
            message = f"unknown parameter {unknown[0][:50]!r}; attributes are written attr.<name>=<value>"
            raise ValueError(message)
        if len(self._attributes()) > _MAX_ATTRIBUTES:
            message = f"at most {_MAX_ATTRIBUTES} values of attributes at once"
            raise ValueError(message)
        if self.sort is Sort.RELEVANCE and not self.q:
            message = "sort=relevance needs q, the words to search for"
            raise ValueError(message)
        return self

    def to_query(self) -> ListingQuery:
        """Translate for the domain."""
        words = search_query(self.q) if self.q else None  # "" when only signs were typed: finds nothing
        return ListingQuery(
            category=self.category or None,
            words=words,
            sort=self.sort or (Sort.NEWEST if words is None else Sort.RELEVANCE),
            min_price=self.min_price,
            max_price=self.max_price,
            in_stock=self.in_stock,
            attributes=tuple(self._attributes()),
            limit=self.limit,
            cursor=self.cursor or None,
        )

    def _attributes(self) -> "list[tuple[str, str]]":
        pairs: list[tuple[str, str]] = []
        for name, value in (self.model_extra or {}).items():
            values = value if isinstance(value, list) else [value]
            pairs += [(name.removeprefix(_ATTRIBUTE), str(v)) for v in values]
        return pairs


class MoneyOut(BaseModel):
    """An amount in minor units (cents) with its ISO 4217 currency."""

    amount: int = Field(examples=[1999])
    currency: str = Field(examples=["EUR"])


class ImageOut(BaseModel):
    """A picture."""

    url: str
    alt: str
    width: int | None
    height: int | None


class ImageVariantOut(BaseModel):
    """The same picture in another size or format."""

    url: str
    width: int
    height: int
    format: str = Field(examples=["avif", "webp"])


class ProductImageOut(ImageOut):
    """A picture of a product page; variants of the product name theirs by `image_id`.

    `variants` are its sizes and formats, the narrowest first; empty while the picture lies elsewhere.
    """

    id: str
    variants: list[ImageVariantOut] = []


class CategoryLinkOut(BaseModel):
    """The shelf a product stands on."""

    slug: str
    name: str
    path: str = Field(examples=["kitchen/ceramics"])


class ListedProductOut(BaseModel):
    """A product in a list."""

    id: str
    slug: str
    name: str
    vendor: str
    price: MoneyOut = Field(description="Of the cheapest variant.")
    compare_at_price: MoneyOut | None = Field(description="The former price, when it was higher.")
    price_varies: bool = Field(description="True: say `from`.")
    image: ImageOut | None
    in_stock: bool
    category: CategoryLinkOut | None
    published_at: str


class FacetValueOut(BaseModel):
    """One value and how many products have it."""

    value: str
    count: int


class FacetOut(BaseModel):
    """One attribute with its values."""

    name: str
    values: list[FacetValueOut]


class PriceRangeOut(BaseModel):
    """The cheapest and the dearest, in minor units; null when nothing was selected."""

    min: int | None
    max: int | None


class FacetsOut(BaseModel):
    """The whole selection, counted."""

    count: int
    in_stock: int
    price: PriceRangeOut
    attributes: list[FacetOut]


class ProductPageOut(BaseModel):
    """A page of products."""

    items: list[ListedProductOut]
    next_cursor: str | None
    facets: FacetsOut | None = None


class OptionOut(BaseModel):
    """What a shopper chooses, such as size."""

    name: str
    values: list[str]


class TierOut(BaseModel):
    """What a piece costs when so many are bought."""

    min_quantity: int
    price: MoneyOut


class VariantOut(BaseModel):
    """What goes into a cart."""

    id: str
    sku: str
    barcode: str
    options: dict[str, str] = Field(examples=[{"Colour": "Blue", "Size": "M"}])
    price: MoneyOut
    compare_at_price: MoneyOut | None
    available: int | None = Field(description="Pieces that can be bought now; null: not counted.")
    in_stock: bool
    weight_grams: int | None
    image_id: str | None
    tiers: list[TierOut] = Field(description="Lower prices for more of it.")
    lowest_price_30_days: MoneyOut = Field(description="The lowest catalogue price of the last 30 days.")


class SeoOut(BaseModel):
    """What search engines are told; empty: use name and description."""

    title: str
    description: str


class AttributeOut(BaseModel):
    """A fact about the product."""

    name: str
    label: str
    value: str


class ProductOut(BaseModel):
    """Everything a product page shows."""

    id: str
    slug: str
    name: str
    vendor: str
    description: str = Field(description="HTML, sanitised.")
    tags: list[str]
    seo: SeoOut
    published_at: str
    category: CategoryLinkOut | None
    price: MoneyOut
    compare_at_price: MoneyOut | None
    price_varies: bool
    in_stock: bool
    images: list[ProductImageOut]
    attributes: list[AttributeOut]
    options: list[OptionOut]
    variants: list[VariantOut]


class CategoryOut(BaseModel):
    """A shelf with the shelves below it."""

    id: str
    slug: str
    path: str
    name: str
    product_count: int = Field(description="Products on this shelf and below it.")
    children: list["CategoryOut"]


class ProblemOut(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[dict[str, Any]]
