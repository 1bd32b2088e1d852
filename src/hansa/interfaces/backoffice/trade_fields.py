"""Form fields for selling: per cents, countries, steps of prices, all as people write them."""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from hansa.domain.catalog.models import Product
from hansa.domain.pricing.queries import normal_postal_code
from hansa.domain.pricing.types import PPM
from hansa.interfaces.backoffice.form_fields import WordsField
from hansa.kernel.money import InvalidAmount, Money, parse_amount
from hansa.kernel.tenancy import get_current_tenant

_PPM_OF_A_PER_CENT = PPM // 100
_COUNTRY_LETTERS = 2


def shown_amount(amount: int | None, currency: str = "") -> str:
    """Return minor units as people read them; nothing for None."""
    return "" if amount is None else Money(amount, currency or get_current_tenant().currency).display()


def shown_rate(rate_ppm: int) -> str:
    """Return a rate as people read it: 19 %."""
    return f"{_plain(Decimal(rate_ppm) / _PPM_OF_A_PER_CENT)} %"


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _rate_of(text: str) -> int:
    """Read `19`, `7.5 %` as millionths. Raises ValidationError."""
    try:
        ppm = Decimal(text.strip().removesuffix("%").strip().replace(",", ".")) * _PPM_OF_A_PER_CENT
    except InvalidOperation:
        ppm = Decimal("NaN")
    if not ppm.is_finite() or not 0 <= ppm <= PPM or ppm != ppm.to_integral_value():
        message = f"“{text.strip()[:20]}” is no rate. Write per cent from 0 to 100, for example 19 or 7.5."
        raise forms.ValidationError(message, code="invalid")
    return int(ppm)


def _amount_of(text: str) -> int:
    try:
        return parse_amount(text, get_current_tenant().currency)
    except InvalidAmount as error:
        raise forms.ValidationError(error.message, code=error.code) from None


class RateField(forms.Field):
    """A rate: shown and typed in per cent, kept in millionths."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401  (Django's signature)
        """Return millionths as per cent; what somebody typed stays as it is."""
        return _plain(Decimal(value) / _PPM_OF_A_PER_CENT) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int:  # noqa: ANN401  (Django's signature)
        """Return millionths; an empty field is 0."""
        if isinstance(value, int):
            return value
        text = str(value or "").strip()
        return _rate_of(text) if text else 0


class CountriesField(WordsField):
    """Countries by their two letters, parted by commas."""

    def to_python(self, value: Any) -> Any:  # noqa: ANN401  (a list)
        """Return capitals."""
        return [country.upper() for country in super().to_python(value)]


class StepsField(forms.Field):
    """Steps, one per line: `from: what`. Subclasses say what stands on either side."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 4})

    def read_step(self, start: str, what: str) -> Any:  # noqa: ANN401  (as the table keeps it)
        """Return one step as it is stored. Raises ValidationError."""
        raise NotImplementedError

    def write_step(self, step: Any) -> str:  # noqa: ANN401  (as the table keeps it)
        """Return one step as people write it."""
        raise NotImplementedError

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401  (Django's signature)
        """Return the steps as lines."""
        return "\n".join(map(self.write_step, value)) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[Any]:  # noqa: ANN401  (Django's signature)
        """Return the steps as they are stored."""
        if isinstance(value, list):
            return value
        steps = []
        for line in str(value or "").splitlines():
            if line.strip():
                start, colon, what = line.partition(":")
                if not colon:
                    message = f"“{line.strip()[:40]}” is no step. Write where it begins, a colon, and what holds."
                    raise forms.ValidationError(message, code="invalid")
                steps.append(self.read_step(start, what))
        return steps

    def has_changed(self, initial: Any, data: Any) -> bool:  # noqa: ANN401  (Django's signature)
        """Say whether they are other steps."""
        try:
            return self.to_python(initial) != self.to_python(data)
        except forms.ValidationError:
            return True


class DiscountStepsField(StepsField):
    """`100.00: 5 %` or `100.00: 10.00`: from this value of goods on, so much off."""

    def read_step(self, start: str, what: str) -> dict[str, int]:
        """Return the step; a per cent sign makes it a rate."""
        if what.strip().endswith("%"):
            return {"min_subtotal": _amount_of(start), "rate_ppm": _rate_of(what), "amount": 0}
        return {"min_subtotal": _amount_of(start), "rate_ppm": 0, "amount": _amount_of(what)}

    def write_step(self, step: Any) -> str:  # noqa: ANN401  (a dict)
        """Return `100.00: 5 %`."""
        what = shown_rate(step["rate_ppm"]) if step.get("rate_ppm") else _major(step.get("amount", 0))
        return f"{_major(step['min_subtotal'])}: {what}"


class ShippingStepsField(StepsField):
    """`2000: 6.90`: from 2,000 grams, pieces or cents of value on, this amount."""

    def read_step(self, start: str, what: str) -> list[int]:
        """Return the step."""
        if not start.strip().isdecimal():
            message = f"“{start.strip()[:20]}” is no whole number of grams, pieces or cents."
            raise forms.ValidationError(message, code="invalid")
        return [int(start), _amount_of(what)]

    def write_step(self, step: Any) -> str:  # noqa: ANN401  (a pair)
        """Return `2000: 6.90`."""
        return f"{step[0]}: {_major(step[1])}"


class PostalRangesField(StepsField):
    """`10000-12999`: postal codes from … to, one range a line; `DE 10000-12999` names the country, too.

    A code alone is a range of one: `20` means every code that begins with 20.
    """

    def to_python(self, value: Any) -> list[Any]:  # noqa: ANN401  (Django's signature)
        """Return the ranges as they are stored, without their countries: these are the zone's."""
        return value if isinstance(value, list) else [ends for _, ends in self.named_ranges(value)]

    def named_ranges(self, value: Any) -> list[tuple[str, list[str]]]:  # noqa: ANN401  (what was typed)
        """Return each range with the country in front of it, or nothing. Raises ValidationError."""
        lines = enumerate(str(value or "").splitlines(), start=1)
        return [self._read(line.strip(), number) for number, line in lines if line.strip()]

    def write_step(self, step: Any) -> str:  # noqa: ANN401  (a pair)
        """Return `10000-12999`; a range of one as its code."""
        first, last = step
        return first if first == last else f"{first}-{last}"

    def _read(self, line: str, number: int) -> tuple[str, list[str]]:
        country, _, codes = line.partition(" ")
        if not (len(country) == _COUNTRY_LETTERS and country.isalpha() and codes.strip()):
            country, codes = "", line
        first, dash, last = (part.strip() for part in codes.replace("–", "-").partition("-"))
        ends = [normal_postal_code(end) for end in (first, last if dash else first)]
        if not all(ends) or not all(end.replace(" ", "").isalnum() for end in (first, last) if end):
            message = f"Line {number}, “{line[:40]}”, is no range. Write it like DE 10000-12999, or 10000-12999."
            raise forms.ValidationError(message, code="invalid")
        if len(ends[0]) != len(ends[1]):
            message = (
                f"Line {number}, “{line[:40]}”: both ends need the same number of characters."
                " Leave out a hyphen that belongs to the code: 00950-00999."
            )
            raise forms.ValidationError(message, code="invalid")
        if ends[0] > ends[1]:
            message = f"Line {number}, “{line[:40]}”: the smaller end comes first."
            raise forms.ValidationError(message, code="invalid")
        return country.upper(), ends


class ProductsField(forms.Field):
    """Products by the last part of their addresses, parted by commas; kept as their ids."""

    widget = UnfoldAdminTextareaWidget(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401  (Django's signature)
        """Return the addresses."""
        if not isinstance(value, list):
            return value
        return ", ".join(Product.objects.filter(pk__in=value).order_by("slug").values_list("slug", flat=True))

    def to_python(self, value: Any) -> list[Any]:  # noqa: ANN401  (Django's signature)
        """Return the ids, and refuse what is no product's."""
        if isinstance(value, list):
            return value
        words: Iterable[str] = str(value or "").replace("\n", ",").split(",")
        slugs = list(dict.fromkeys(word.strip() for word in words if word.strip()))
        found = dict(Product.objects.filter(slug__in=slugs).values_list("slug", "pk"))
        missing = [slug for slug in slugs if slug not in found]
        if missing:
            message = f"There is no product “{missing[0][:60]}”. Write the last part of its address in the shop."
            raise forms.ValidationError(message, code="invalid")
        return [found[slug] for slug in slugs]


def _major(amount: int) -> str:
    return f"{Money(amount, get_current_tenant().currency).major:f}"
