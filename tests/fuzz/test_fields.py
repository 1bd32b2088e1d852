"""Nobody writes a field that is not theirs: each name of a model's field is refused where the API has none."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError

from hansa.interfaces.management.serializers import customers, staff
from hansa.interfaces.management.serializers.base import Body
from hansa.interfaces.storefront.routes import carts, catalog, checkout, me
from hansa.interfaces.storefront.schemas.checkout import PaymentIn

FIELDS = sorted(
    {
        name
        for model in apps.get_models()
        for field in model._meta.get_fields()
        for name in (field.name, getattr(field, "attname", field.name))
    }
)
_SAYS = "There is no such field."


def _models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """Yield the model and those of its fields."""
    yield model
    for field in model.model_fields.values():
        yield from (one for kind in _kinds(field.annotation) for one in _models(kind))


def _kinds(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _kinds(part)


def _storefront_bodies() -> set[type[BaseModel]]:
    routes = [route for one in (carts, catalog, checkout, me) for route in one.router.routes]
    fields = [route.body_field for route in routes if isinstance(route, APIRoute) and route.body_field]
    found = {one for field in fields for kind in _kinds(field.field_info.annotation) for one in _models(kind)}
    return found - {PaymentIn}  # what a payment's provider needs is passed on; see below


def _management_bodies() -> list[type[Body]]:
    named = {**vars(staff), **vars(customers)}.values()
    return [one for one in named if isinstance(one, type) and issubclass(one, Body) and one is not Body]


def test_there_is_something_to_try() -> None:
    assert len(FIELDS) > 300
    assert {"tenant_id", "is_staff", "is_tax_exempt", "password", "price_amount", "made_by_id"} <= set(FIELDS)
    assert len(_storefront_bodies()) >= 10
    assert len(_management_bodies()) >= 6


@pytest.mark.parametrize("body", sorted(_storefront_bodies(), key=str))
def test_the_storefront_refuses_every_field_that_it_does_not_name(body: type[BaseModel]) -> None:
    foreign = [name for name in FIELDS if name not in body.model_fields]
    with pytest.raises(ValidationError) as caught:
        body.model_validate(dict.fromkeys(foreign, "x"))
    refused = {error["loc"][0] for error in caught.value.errors() if error["type"] == "extra_forbidden"}
    assert refused == set(foreign)


@pytest.mark.parametrize("body", _management_bodies())
def test_the_management_api_refuses_every_field_that_it_does_not_name(body: type[Body]) -> None:
    serializer = body(data={}, partial=True)
    foreign = [name for name in FIELDS if name not in serializer.fields]
    serializer = body(data=dict.fromkeys(foreign, "x"), partial=True)
    assert not serializer.is_valid()
    assert {name for name, told in serializer.errors.items() if _SAYS in told} == set(foreign)


def test_what_stands_beside_a_payment_reaches_its_provider_only() -> None:
    sent = dict.fromkeys(FIELDS, "x") | {"provider": "manual", "method": "ok", "return_url": "https://shop.example/"}
    wish = PaymentIn.model_validate(sent).to_wish()
    assert (wish.provider, wish.method, wish.return_url) == ("manual", "ok", "https://shop.example/")
    assert set(vars(wish) if hasattr(wish, "__dict__") else wish.__slots__) == {
        "provider",
        "method",
        "details",
        "return_url",
    }
