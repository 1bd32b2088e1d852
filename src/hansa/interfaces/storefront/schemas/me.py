"""What the endpoints of a customer's own data take and answer."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from hansa.domain.accounts.models import Customer, CustomerAddress
from hansa.domain.accounts.types import ProfileChanges
from hansa.domain.orders.selectors import OrderPage
from hansa.interfaces.storefront.schemas.base import In
from hansa.interfaces.storefront.schemas.carts import AddressIn, LineImageOut
from hansa.interfaces.storefront.schemas.catalog import ListedProductOut, MoneyOut

MAX_PAGE = 100


class ProfileIn(In):
    """What is left out stays as it is. The e-mail address changes at `/_allauth/…/account/email`."""

    name: Annotated[str | None, Field(max_length=200)] = None
    phone: Annotated[str | None, Field(max_length=40)] = None

    def to_changes(self) -> ProfileChanges:
        """Translate for the domain."""
        return ProfileChanges(name=self.name, phone=self.phone)


class GroupOut(BaseModel):
    """A group of customers: its prices are theirs."""

    code: str
    name: str


class MeOut(BaseModel):
    """Who is logged in."""

    id: UUID
    email: str
    name: str
    phone: str
    group: GroupOut | None
    created_at: str


class SavedAddressIn(AddressIn):
    """An address for the address book."""

    is_default: Annotated[bool, Field(description="The first one is the default in any case.")] = False


class AddressOut(BaseModel):
    """An address of the address book."""

    id: UUID
    is_default: bool
    first_name: str
    last_name: str
    company: str
    line1: str
    line2: str
    city: str
    region: str
    postal_code: str
    country: str
    phone: str


class AddressesOut(BaseModel):
    """The address book, the default first."""

    items: list[AddressOut]
    next_cursor: None = None


class OwnOrderOut(BaseModel):
    """An order in a list; `GET /orders/{id}` shows all of it."""

    id: UUID
    number: str
    status: str
    placed_at: str
    total: MoneyOut
    line_count: int
    image: LineImageOut | None


class OwnOrdersOut(BaseModel):
    """A page of orders, the newest first."""

    items: list[OwnOrderOut]
    next_cursor: str | None


class OrdersQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 24
    cursor: Annotated[str | None, Field(max_length=100)] = None


class WishIn(In):
    """A product to remember."""

    product_id: UUID


class WishlistOut(BaseModel):
    """The products that are for sale, the newest wish first."""

    items: list[ListedProductOut]
    next_cursor: None = None


class CartToTakeIn(In):
    """The guest's cart, with its token: both stand in the answer that made it."""

    id: UUID
    token: Annotated[str, Field(max_length=100)]


class EraseIn(In):
    """Proof of who asks: the password, unless it was just typed at `/_allauth/…/auth/reauthenticate`."""

    password: Annotated[str | None, Field(max_length=1000)] = None


class ExportOut(BaseModel):
    """Everything that the shop knows of the person."""

    profile: dict[str, Any]
    addresses: list[dict[str, Any]]
    orders: list[dict[str, Any]]
    carts: list[dict[str, Any]]
    wishlist: list[dict[str, Any]]
    letters: list[dict[str, Any]]
    logins: dict[str, Any]


def me_document(customer: Customer) -> dict[str, Any]:
    """Return what MeOut describes."""
    group = customer.group
    return {
        "id": customer.pk,
        "email": customer.email,
        "name": customer.name,
        "phone": customer.phone,
        "group": {"code": group.code, "name": group.name} if group else None,
        "created_at": customer.created_at.isoformat().replace("+00:00", "Z"),
    }


def address_document(address: CustomerAddress) -> dict[str, Any]:
    """Return what AddressOut describes."""
    return {"id": address.pk, "is_default": address.is_default, **address.parts}


def orders_document(page: OrderPage) -> dict[str, Any]:
    """Return what OwnOrdersOut describes."""
    return {"items": page.documents, "next_cursor": page.next_cursor}
