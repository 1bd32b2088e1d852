"""What the shop's letters say, with a look at them while they are written."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin import register
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.html import format_html

from hansa.domain.notifications.errors import InvalidText
from hansa.domain.notifications.letters import ABOUT_ORDERS, sample, sample_of_order
from hansa.domain.notifications.models import Kind, LetterText
from hansa.domain.notifications.selectors import language_of_shop
from hansa.domain.notifications.services.change_language import change_language
from hansa.domain.notifications.services.save_text import check_part, check_texts, forget_text, save_text
from hansa.domain.notifications.services.send_test import send_test
from hansa.domain.notifications.texts import BUILT_IN, PARTS, PLACEHOLDERS
from hansa.domain.notifications.types import Texts
from hansa.domain.orders.models import Order
from hansa.interfaces.backoffice.reach import authority, within_reach
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.kernel.clock import now
from hansa.kernel.errors import DomainError
from hansa.kernel.languages import LANGUAGE_CHOICES, Language

MOST_ORDERS = 10
"""That a preview may be about."""
_PREVIEW_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""Letters carry their styles in themselves; nothing else of theirs is let in."""


class LetterTextForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """The parts of a letter."""

    class Meta:
        model = LetterText
        fields = ("kind", "language", *PARTS)
        help_texts = {
            "intro": "What stands above the button.",
            "heading": "May be empty in a letter about an account.",
            "button": "It leads to the page that the letter is about; a letter that leads nowhere has none.",
            "closing": "What stands at the end, small. May be empty.",
        }

    def __init__(self, *args: Any, **options: Any) -> None:  # noqa: ANN401  (Django's signature)
        """Make the boxes as high as letters are long."""
        super().__init__(*args, **options)
        for name in ("intro", "closing"):
            self.fields[name].widget.attrs["rows"] = 3

    def clean(self) -> dict[str, Any]:
        """Refuse what could not be sent, beside the part that it stands in."""
        cleaned = super().clean() or {}
        kind = cleaned.get("kind") or self.instance.kind
        if kind and not self.errors:
            for part in PARTS:
                try:
                    check_part(kind, part, cleaned[part])
                except InvalidText as error:
                    self.add_error(part, error.message)
        return cleaned


@register(LetterText, site=backoffice)
class LetterTextAdmin(ServiceAdmin):
    """The letters that the merchant has written; for the others there is a text of ours in each language."""

    form = LetterTextForm
    list_display = ("kind", "language", "subject", "updated_at")
    list_filter = ("kind", "language")
    ordering = ("kind", "language")
    change_form_template = "backoffice/letter_text.html"
    list_before_template = "backoffice/letter_language.html"

    class Media:
        js = ("backoffice/letter_text.js",)

    def get_urls(self) -> list[URLPattern]:
        """Put the preview beside the form, and the shop's language above the list."""
        preview, language = self.admin_site.admin_view(self.preview), self.admin_site.admin_view(self.change_language)
        return [
            path("preview/", preview, name="notifications_lettertext_preview"),
            path("language/", language, name="notifications_lettertext_language"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list below the shop's language."""
        told = {
            "languages": LANGUAGE_CHOICES,
            "shop_language": language_of_shop(),
            "may_choose_language": self.has_change_permission(request),
        }
        page: HttpResponse = super().changelist_view(request, {**told, **(extra_context or {})})
        return page

    def change_language(self, request: HttpRequest) -> HttpResponse:
        """Let the shop write in another language."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        language = request.POST.get("language", "")
        try:
            change_language(language=language)
        except DomainError as error:
            messages.error(request, error.message)
        else:
            messages.success(request, f"The shop writes its letters in {dict(LANGUAGE_CHOICES)[language]}.")
        return redirect("admin:notifications_lettertext_changelist")

    def get_readonly_fields(self, request: HttpRequest, obj: LetterText | None = None) -> tuple[str, ...]:  # noqa: ARG002
        """Which letter it is stays."""
        return () if obj is None else ("kind", "language")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Begin with what is built in, for the letter that was asked for."""
        kind, language = self._asked(request)
        built_in = BUILT_IN[kind, language]
        return {"kind": kind, "language": language, **{part: getattr(built_in, part) for part in PARTS}}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the form with what may stand in braces."""
        item = self.get_object(request, object_id) if object_id else None
        kind, language = (item.kind, item.language) if item else self._asked(request)
        words = [(f"{{{name}}}", meaning) for name, meaning in PLACEHOLDERS[kind].items()]
        told = {
            "placeholders": words,
            "letter_kind": kind,
            "letter_language": language,
            "orders": self._orders(request)[:MOST_ORDERS] if kind in ABOUT_ORDERS else (),
            **(extra_context or {}),
        }
        return super().changeform_view(request, object_id, form_url, told)

    def preview(self, request: HttpRequest) -> HttpResponse:
        """Show a letter as these texts make it, about a sample or an order of the shop's."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        kind, language = self._asked(request)
        texts = Texts(**{part: request.POST.get(part, "") for part in PARTS})
        try:
            check_texts(kind, texts)
            order = self._chosen_order(request)
            letter = sample_of_order(kind, language, texts, order.pk) if order else sample(kind, language, texts)
        except InvalidText as error:
            page = format_html('<p style="font:16px/1.5 system-ui,sans-serif;padding:24px">{}</p>', error.message)
            answer = HttpResponse(page, status=422)
        else:
            subject = format_html(
                '<p style="font:14px/1.4 system-ui,sans-serif;margin:0;padding:12px 16px;background:#fff;'
                'color:#1f2328;border-bottom:1px solid #e3e3df"><strong>{}</strong></p>',
                letter.subject,
            )
            answer = HttpResponse(letter.html.replace("<div", f"{subject}<div", 1))
        answer["Content-Security-Policy"] = _PREVIEW_POLICY
        answer["X-Frame-Options"] = "SAMEORIGIN"
        answer["Cache-Control"] = "no-store"
        return answer

    def save_model(self, request: HttpRequest, obj: LetterText, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Save through the service; then send the test that was asked for."""
        texts = Texts(**{part: getattr(obj, part) for part in PARTS})
        saved = save_text(kind=obj.kind, language=obj.language, texts=texts, text_id=obj.pk if change else None)
        obj.pk = saved.pk
        if "_send_test" in request.POST:
            recipient = request.user.email  # type: ignore[union-attr]  # it is staff
            send_test(kind=obj.kind, language=obj.language, recipient=recipient, now=now())
            messages.success(request, f"A test is on its way to {recipient}.")
            posted = request.POST.copy()
            posted["_continue"] = "1"
            request.POST = posted  # type: ignore[assignment]  # Django's own pages do so

    def delete_model(self, request: HttpRequest, obj: LetterText) -> None:  # noqa: ARG002  (Django's signature)
        """Go back to what is built in."""
        forget_text(text_id=obj.pk)

    @staticmethod
    def _orders(request: HttpRequest) -> QuerySet[Order]:
        """Return the orders that whoever asks may see, the newest first."""
        orders = Order.objects.order_by("-number")
        return within_reach(request, orders) if authority(request).may("orders.view") else orders.none()

    def _chosen_order(self, request: HttpRequest) -> Order | None:
        """Return the order that the form names, if whoever asks may see it."""
        try:
            return self._orders(request).filter(pk=UUID(request.POST.get("order", ""))).first()
        except ValueError:
            return None

    @staticmethod
    def _asked(request: HttpRequest) -> tuple[str, Language]:
        """Return the letter that the address or the form names."""
        asked = request.POST if request.method == "POST" else request.GET
        kind, language = asked.get("kind", ""), asked.get("language", "")
        kind = kind if kind in PLACEHOLDERS else Kind.ORDER_CONFIRMATION.value
        return kind, Language(language) if language in set(Language) else language_of_shop()
