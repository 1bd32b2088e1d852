"""What stands inside a product's form: variants, pictures, facts."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextInputWidget

from hansa.domain.catalog.errors import ImageTooLarge, InvalidImage
from hansa.domain.catalog.models import MAX_OPTIONS, Product, ProductAttribute, ProductImage, Variant
from hansa.domain.catalog.services.pictures import read_picture
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.form_fields import AmountField, StockField
from hansa.interfaces.backoffice.reach import may_set_stock

_OPTION_FIELDS = tuple(f"option_{number}" for number in range(1, MAX_OPTIONS + 1))
_MAX_OPTION_CHARACTERS = 255


class VariantForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """A variant as staff write it: one field per option, prices as decimals."""

    option_1 = forms.CharField(max_length=_MAX_OPTION_CHARACTERS, required=False, widget=UnfoldAdminTextInputWidget)
    option_2 = forms.CharField(max_length=_MAX_OPTION_CHARACTERS, required=False, widget=UnfoldAdminTextInputWidget)
    option_3 = forms.CharField(max_length=_MAX_OPTION_CHARACTERS, required=False, widget=UnfoldAdminTextInputWidget)
    price_amount = AmountField(label="Price")
    compare_at_amount = AmountField(label="Former price", required=False)
    stock_quantity = StockField(label="Stock")

    class Meta:
        model = Variant
        fields = (
            *("sku", "price_amount", "compare_at_amount", "stock_quantity", "is_stock_tracked"),
            *("sells_when_out_of_stock", "image", "position"),
        )
        labels = {
            "is_stock_tracked": "Counted",
            "sells_when_out_of_stock": "Sell at 0",
            "image": "Picture",
            "position": "Place",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  (what a form takes)
        """Show the option values, each in its field."""
        super().__init__(*args, **kwargs)
        self.initial.update(zip(_OPTION_FIELDS, self.instance.option_values, strict=False))
        for field in ("sku", *_OPTION_FIELDS):
            self.fields[field].widget.attrs["style"] = "min-width: 6rem"

    def clean(self) -> dict[str, Any]:
        """Gather the option values; the service compares them with the product's options."""
        cleaned = super().clean() or {}
        values = [cleaned.get(field, "").strip() for field in _OPTION_FIELDS]
        while values and not values[-1]:
            values.pop()
        self.instance.option_values = values
        return cleaned


class VariantInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """The variants of a product; what is rarely changed has a page of its own."""

    model = Variant
    form = VariantForm
    extra = 0
    per_page = 30  # 13 fields each: Django takes 1000 fields in one form
    show_change_link = True
    verbose_name = "variant"
    fields = (*_OPTION_FIELDS, *VariantForm.Meta.fields)

    def get_formset(self, request: HttpRequest, obj: Product | None = None, **options: Any) -> Any:  # noqa: ANN401
        """Name the option columns after the product's options, and offer only its own pictures."""
        formset = super().get_formset(request, obj, **options)
        names = obj.option_names if obj else []
        for number, field in enumerate(_OPTION_FIELDS):
            label = names[number] if number < len(names) else f"Option {number + 1}"
            formset.form.base_fields[field].label = label
        pictures = ProductImage.objects.filter(product=obj) if obj else ProductImage.objects.none()
        formset.form.base_fields["image"].queryset = pictures
        # The choices are read once for all rows, not once for each.
        choices = [("", "—"), *((picture.pk, f"{picture.position}. {picture}"[:60]) for picture in pictures)]
        formset.form.base_fields["image"].choices = choices
        formset.form.base_fields["stock_quantity"].disabled = not may_set_stock(request)
        return formset


class ImageForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """A picture: a file to upload, or an address."""

    upload = forms.FileField(
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text="JPEG, PNG, WebP, AVIF or GIF, at most 10 MiB.",
    )
    url = forms.CharField(label="or address", required=False, max_length=2000, widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = ProductImage
        fields = ("upload", "url", "alt", "position")
        labels = {"alt": "What it shows", "position": "Place"}

    def clean(self) -> dict[str, Any]:
        """Want one of the two, and look at the file at once, so that the message stands beside it."""
        cleaned = super().clean() or {}
        upload = cleaned.get("upload")
        if upload is not None:
            try:
                read_picture(upload)
            except (InvalidImage, ImageTooLarge) as error:
                self.add_error("upload", error.message)
        elif not cleaned.get("url") and "url" not in self.errors:
            self.add_error("upload", "Choose a file, or write the picture's address.")
        return cleaned


class ImageInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """The pictures of a product; the first is its cover."""

    model = ProductImage
    form = ImageForm
    extra = 0
    per_page = 20
    verbose_name = "picture"
    show_title = False
    fields = ("thumbnail", "upload", "url", "alt", "position")
    readonly_fields = ("thumbnail",)

    @column("")
    def thumbnail(self, image: ProductImage) -> SafeString | str:
        """Show the picture itself."""
        return thumbnail(image.url, 48) if image.url else ""


class AttributeInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """The facts that shoppers filter by."""

    model = ProductAttribute
    extra = 0
    per_page = 40
    verbose_name = "attribute"
    show_title = False
    fields = ("attribute", "value")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductAttribute]:
        """Read the facts with their labels, in their order."""
        facts: QuerySet[ProductAttribute] = super().get_queryset(request)
        return facts.select_related("attribute").order_by("attribute__label", "value")


def thumbnail(url: str, pixels: int) -> SafeString:
    """Return a small square picture; the name beside it says what it is."""
    return format_html(
        '<img src="{}" alt="" width="{}" height="{}" loading="lazy" referrerpolicy="no-referrer"'
        ' style="width:{}px;height:{}px;max-width:none;object-fit:cover;border-radius:6px;background:#e5e7eb">',
        *(url, pixels, pixels, pixels, pixels),
    )
