"""The form of the checkout: what was typed, what is wrong with it, and what it makes of the cart."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from hansa.domain.accounts.address import countries
from hansa.domain.carts.types import CartChanges, CartState
from hansa.domain.carts.validation import checked_changes
from hansa.kernel.errors import FieldError, Invalid

MAX_CHARACTERS = 254
ADDRESS_FIELDS = (
    ("first_name", "First name", "given-name", True),
    ("last_name", "Last name", "family-name", True),
    ("company", "Company", "organization", False),
    ("line1", "Street and number", "address-line1", True),
    ("line2", "Apartment, floor, c/o", "address-line2", False),
    ("postal_code", "Postal code", "postal-code", True),
    ("city", "Town or city", "address-level2", True),
    ("region", "State or province", "address-level1", False),
    ("country", "Country", "country", True),
    ("phone", "Phone", "tel", False),
)
_PICKUP = "pickup_point_"
_WORDS = {"shipping": "shipping_address", "billing": "billing_address"}


@dataclass(frozen=True, slots=True)
class FormField:
    """One field with its label, its value and what is wrong with it."""

    name: str
    label: str
    value: str
    autocomplete: str
    is_required: bool
    error: str = ""
    type: str = "text"
    choices: tuple[tuple[str, str], ...] = ()
    is_focused: bool = False
    """The first field with an error: the page opens there."""


@dataclass(frozen=True, slots=True)
class CheckoutForm:
    """What stands in the fields. Everything that was typed is kept, right or wrong."""

    values: Mapping[str, str]
    is_same_address: bool = True
    """The bill goes where the goods go."""
    shipping_method_id: UUID | None = None
    pickup_points: Mapping[str, str] = field(default_factory=dict)
    """The pick-up point that was chosen for each shipping method, by the method's id."""
    payment: str = ""
    """`<provider>` or `<provider>:<method>`, the radio button that was chosen."""
    payment_method: str = ""
    """What the provider's own script made of the card."""
    key: str = ""
    seen_due: str = ""
    """What the button said would be paid, in minor units."""
    errors: Mapping[str, str] = field(default_factory=dict)

    def address(self, kind: str) -> dict[str, str]:
        """Return the address that was typed: `shipping` or `billing`."""
        return {name: self.values.get(f"{kind}_{name}", "") for name, *_ in ADDRESS_FIELDS}

    @property
    def pickup_point_id(self) -> UUID | None:
        """The pick-up point of the shipping method that was chosen."""
        return _uuid(self.pickup_points.get(str(self.shipping_method_id), ""))

    @property
    def email(self) -> FormField:
        """The field for the e-mail address."""
        return self._field("email", "E-mail", "email", is_required=True, type_="email")

    @property
    def shipping(self) -> list[FormField]:
        """The fields of the shipping address."""
        return self._address_fields("shipping")

    @property
    def billing(self) -> list[FormField]:
        """The fields of the billing address."""
        return self._address_fields("billing")

    @property
    def complaints(self) -> list[tuple[str, str]]:
        """Every error with the id of the field that it is about, in the order of the page."""
        return [(f"id_{name}", message) for name, message in self.errors.items()]

    def with_errors(self, errors: Iterable[FieldError]) -> "CheckoutForm":
        """Return the form with these errors at their fields; the first one for a field counts."""
        found: dict[str, str] = {}
        for error in errors:
            found.setdefault(_field_name(error.field), error.message)
        order = list(_field_names())
        known = sorted(found, key=lambda name: order.index(name) if name in order else len(order))
        return replace(self, errors={name: found[name] for name in known})

    def _address_fields(self, kind: str) -> list[FormField]:
        return [
            self._field(
                f"{kind}_{name}",
                label,
                f"{kind} {autocomplete}",
                is_required=is_required,
                type_="tel" if name == "phone" else "text",
                choices=tuple(countries().items()) if name == "country" else (),
            )
            for name, label, autocomplete, is_required in ADDRESS_FIELDS
        ]

    def _field(
        self,
        name: str,
        label: str,
        autocomplete: str,
        *,
        is_required: bool,
        type_: str = "text",
        choices: tuple[tuple[str, str], ...] = (),
    ) -> FormField:
        return FormField(
            name=name,
            label=label,
            value=self.values.get(name, ""),
            autocomplete=autocomplete,
            is_required=is_required,
            error=self.errors.get(name, ""),
            type=type_,
            choices=choices,
            is_focused=next(iter(self.errors), "") == name,
        )


def form_of_cart(state: CartState) -> CheckoutForm:
    """Return the form with what the cart knows already."""
    values = {"email": state.email}
    for kind, address in (("shipping", state.shipping_address), ("billing", state.billing_address)):
        values |= {f"{kind}_{name}": (address or {}).get(name, "") for name, *_ in ADDRESS_FIELDS}
    is_same = state.billing_address is None or state.billing_address == state.shipping_address
    method, point = state.shipping_method_id, state.pickup_point_id
    points = {str(method): str(point)} if method and point else {}
    return CheckoutForm(values=values, is_same_address=is_same, shipping_method_id=method, pickup_points=points)


def form_of_post(post: Mapping[str, Any]) -> CheckoutForm:
    """Return the form as it was sent."""
    names = ["email", *(f"{kind}_{name}" for kind in _WORDS for name, *_ in ADDRESS_FIELDS)]
    # PostgreSQL knows no NUL in texts, and nobody types one.
    values = {name: str(post.get(name, ""))[:MAX_CHARACTERS].replace("\0", "") for name in names}
    return CheckoutForm(
        values=values,
        is_same_address="same_address" in post,
        shipping_method_id=_uuid(str(post.get("shipping_method", ""))),
        pickup_points={
            name.removeprefix(_PICKUP): str(value)[:64] for name, value in post.items() if name.startswith(_PICKUP)
        },
        payment=str(post.get("payment", ""))[:100],
        payment_method=str(post.get("payment_method", ""))[:250],
        key=str(post.get("key", ""))[:64],
        seen_due=str(post.get("seen_due", ""))[:20],
    )


def changes_of(form: CheckoutForm, *, needs_shipping: bool) -> tuple[CartChanges, list[FieldError]]:
    """Return what is right in the form as changes to the cart, and what is wrong, field by field."""
    shipping = form.address("shipping")
    is_same = needs_shipping and form.is_same_address
    wanted = [CartChanges(email=form.values["email"])]
    if needs_shipping:
        wanted.append(CartChanges(shipping_address=shipping))
        wanted.append(CartChanges(shipping_method_id=form.shipping_method_id, pickup_point_id=form.pickup_point_id))
    wanted.append(CartChanges(billing_address=shipping if is_same else form.address("billing")))
    good, errors = CartChanges(), []
    for part in wanted:
        try:
            checked = checked_changes(part)
        except Invalid as error:
            # What is wrong with the one address of both kinds is said once.
            errors += [one for one in error.errors if not (is_same and one.field.startswith("billing_address"))]
            continue
        good = _together(good, checked)
    return good, errors


def _together(first: CartChanges, second: CartChanges) -> CartChanges:
    return CartChanges(
        email=first.email if second.email is None else second.email,
        shipping_address=first.shipping_address if second.shipping_address is None else second.shipping_address,
        billing_address=first.billing_address if second.billing_address is None else second.billing_address,
        shipping_method_id=first.shipping_method_id if second.shipping_method_id is None else second.shipping_method_id,
        pickup_point_id=first.pickup_point_id if second.pickup_point_id is None else second.pickup_point_id,
    )


def _field_names() -> Iterable[str]:
    yield "email"
    for kind in _WORDS:
        yield from (f"{kind}_{name}" for name, *_ in ADDRESS_FIELDS)
    yield from ("shipping_method", "pickup_point", "payment")


def _field_name(field: str) -> str:
    """Return the form's name of a field that the domain names: `shipping_address.city` is `shipping_city`."""
    kind, _, name = field.partition(".")
    if kind in _WORDS.values():
        return f"{kind.removesuffix('_address')}_{name or 'first_name'}"
    return field.removesuffix("_id") if field in {"shipping_method_id", "pickup_point_id"} else field


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
