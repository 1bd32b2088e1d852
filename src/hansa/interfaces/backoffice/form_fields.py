"""Form fields of the back office: money as people write it, lists of words, places in the tree."""

import json
from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.forms.fields import InvalidJSONInput
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from hansa.domain.catalog.models import Category
from hansa.kernel.money import InvalidAmount, Money, parse_amount
from hansa.kernel.tenancy import get_current_tenant

_MOST_PIECES = 2**31 - 1


class AmountField(forms.Field):
    """An amount of the shop's currency: shown and typed as 19.99, kept as 1999 minor units."""

    widget = UnfoldAdminTextInputWidget

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  (what a form field takes)
        """Take what a form field takes."""
        super().__init__(**options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401  (Django's signature)
        """Return minor units as a decimal; what somebody typed stays as it is."""
        if isinstance(value, int):
            return f"{Money(value, get_current_tenant().currency).major:f}"
        return value

    def to_python(self, value: Any) -> int | None:  # noqa: ANN401  (Django's signature)
        """Return minor units, or None for an empty field."""
        if value is None or isinstance(value, int):
            return value
        text = str(value).strip()
        if not text:
            return None
        try:
            return parse_amount(text, get_current_tenant().currency)
        except InvalidAmount as error:
            raise forms.ValidationError(error.message, code=error.code) from None

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ANN401  (Django's signature)
        """Say whether it is another amount: 19.9 is 19.90."""
        try:
            return self.to_python(initial) != self.to_python(data)
        except forms.ValidationError:
            return True


class StockField(forms.IntegerField):
    """A number of pieces; the page remembers which it showed, because it may sell while the page is open."""

    widget = UnfoldAdminIntegerFieldWidget

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  (what a form field takes)
        """Take what a form field takes."""
        super().__init__(
            **{"show_hidden_initial": True, "min_value": -_MOST_PIECES, "max_value": _MOST_PIECES} | options
        )

    def find_seen(self, form: Any, name: str) -> int | None:  # noqa: ANN401  (any form)
        """Return the number that the page showed in `name`; None when it does not say."""
        try:
            return self.to_python(form.data.get(form.add_initial_prefix(name)))
        except forms.ValidationError:
            return None


def seen_stock(variant_forms: Iterable[Any]) -> dict[UUID, int]:
    """Return which stock was shown, by variant: for `save_variants`."""
    seen = {form.instance.pk: form.fields["stock_quantity"].find_seen(form, "stock_quantity") for form in variant_forms}
    return {variant_id: number for variant_id, number in seen.items() if number is not None}


class WordsField(forms.CharField):
    """A few words, parted by commas."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401  (Django's signature)
        """Return the words as one text."""
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def to_python(self, value: Any) -> Any:  # noqa: ANN401  (the field's value is a list, the base class's a text)
        """Return the words, each once, in their order."""
        parts: Iterable[str] = value if isinstance(value, list | tuple) else str(value or "").split(",")
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ANN401  (Django's signature)
        """Say whether they are other words."""
        return bool(self.to_python(initial or []) != self.to_python(data or []))


class MetadataField(forms.JSONField):
    """A JSON object; an emptied field is none, {}."""

    def to_python(self, value: Any) -> Any:  # noqa: ANN401  (Django's signature)
        """Read it, and refuse what Python's reader or our pages could not take."""
        try:
            metadata = super().to_python(value)
            json.dumps(metadata, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            message = "It holds half a character (a lone surrogate). Write whole ones."
            raise forms.ValidationError(message, code="invalid") from None
        except (ValueError, RecursionError):  # a number of thousands of digits, brackets thousands deep
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from None
        return {} if metadata is None else metadata

    def bound_data(self, data: Any, initial: Any) -> Any:  # noqa: ANN401  (Django's signature)
        """Show again what was typed, as it was typed when it cannot be read."""
        try:
            self.to_python(data)
        except forms.ValidationError:
            return InvalidJSONInput(data)
        return super().bound_data(data, initial)


class CategoryField(forms.ModelChoiceField):  # type: ignore[type-arg]  # none at run time
    """A place in the tree of categories, indented by its depth."""

    widget = UnfoldAdminSelectWidget

    def __init__(self, **options: Any) -> None:  # noqa: ANN401  (what a form field takes)
        """Offer every category of the tree, in the tree's order, unless told otherwise."""
        options.setdefault("queryset", Category.objects.none())
        options.setdefault("empty_label", "No category")
        super().__init__(**options)

    def label_from_instance(self, obj: Category) -> str:
        """Indent by the depth."""
        return "\u2003" * obj.path.count("/") + obj.name


# The places of all ancestors, from the root: an array that begins with another one sorts behind it,
# so children follow their parent. The policy narrows both tables to the tenant.
_PLACE_SQL = """(
    WITH RECURSIVE up (parent_id, place) AS (
        SELECT catalog_category.parent_id,
            ARRAY[lpad(catalog_category.position::text, 10, '0'), catalog_category.slug, catalog_category.id::text]
        UNION ALL
        SELECT above.parent_id, ARRAY[lpad(above.position::text, 10, '0'), above.slug, above.id::text] || up.place
        FROM up JOIN catalog_category above ON above.id = up.parent_id
            AND above.tenant_id = (SELECT nullif(current_setting('hansa.tenant', true), '')::uuid)
    )
    SELECT place FROM up WHERE parent_id IS NULL
)"""


def in_tree_order(categories: QuerySet[Category]) -> QuerySet[Category]:
    """Order categories as a tree: siblings by position and name, children behind their parent."""
    place = RawSQL(_PLACE_SQL, [])  # noqa: S611  (no parameter, nobody's input)
    return cast("QuerySet[Category]", categories.annotate(place=place).order_by("place"))


def tree() -> QuerySet[Category]:
    """Return the categories that products can stand in, in the tree's order."""
    return in_tree_order(Category.objects.filter(archived_at=None))
