"""The forms of the account's own pages: what was typed, and what is wrong with it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hansa.domain.accounts.address import countries
from hansa.interfaces.shop.buying.form import ADDRESS_FIELDS, MAX_CHARACTERS, FormField
from hansa.kernel.errors import FieldError

_PROFILE_FIELDS = (("name", "Name", "name", False), ("phone", "Phone", "tel", False))


@dataclass(frozen=True, slots=True)
class Form:
    """Fields with their values; everything that was typed is kept, right or wrong."""

    layout: tuple[tuple[str, str, str, bool], ...]
    values: Mapping[str, str]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> list[FormField]:
        """The fields in the order of the page."""
        return [
            FormField(
                name=name,
                label=label,
                value=self.values.get(name, ""),
                autocomplete=autocomplete,
                is_required=is_required,
                error=self.errors.get(name, ""),
                type="tel" if name == "phone" else "text",
                choices=tuple(countries().items()) if name == "country" else (),
                is_focused=next(iter(self.errors), "") == name,
            )
            for name, label, autocomplete, is_required in self.layout
        ]

    def with_errors(self, errors: Iterable[FieldError]) -> "Form":
        """Return the form with these errors at their fields; the first one for a field counts."""
        found: dict[str, str] = {}
        for error in errors:
            found.setdefault(error.field, error.message)
        names = [name for name, *_ in self.layout]
        known = {name: found[name] for name in names if name in found}
        return Form(self.layout, self.values, known)


def address_form(values: Mapping[str, Any]) -> Form:
    """Return the form of an address."""
    return Form(ADDRESS_FIELDS, _read(values, ADDRESS_FIELDS))


def profile_form(values: Mapping[str, Any]) -> Form:
    """Return the form of the profile."""
    return Form(_PROFILE_FIELDS, _read(values, _PROFILE_FIELDS))


def _read(values: Mapping[str, Any], layout: tuple[tuple[str, str, str, bool], ...]) -> dict[str, str]:
    # PostgreSQL knows no NUL in texts, and nobody types one.
    return {name: str(values.get(name) or "")[:MAX_CHARACTERS].replace("\0", "") for name, *_ in layout}
