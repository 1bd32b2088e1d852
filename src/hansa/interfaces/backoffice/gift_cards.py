"""Gift cards in the back office: issue them, and see what is left."""

from typing import Any

from django import forms
from django.contrib.admin import register
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from unfold.admin import TabularInline

from hansa.domain.payments.models import GiftCard, GiftCardEntry
from hansa.domain.payments.services.issue_gift_card import issue_gift_card
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.form_fields import AmountField
from hansa.interfaces.backoffice.read_only import ReadOnly
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.interfaces.backoffice.trade_fields import shown_amount
from hansa.kernel.clock import now
from hansa.kernel.tenancy import get_current_tenant


class GiftCardForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """What a new card is worth."""

    amount = AmountField(label="Amount")

    class Meta:
        model = GiftCard
        fields = ("expires_at",)
        help_texts = {"expires_at": "Empty: never."}


class EntryInline(ReadOnly, TabularInline):  # type: ignore[misc]  # unfold has no types
    """What became of its balance."""

    model = GiftCardEntry
    extra = 0
    per_page = 50
    show_title = False
    verbose_name_plural = "entries"
    fields = ("kind", "amount_shown", "reference", "created_at")
    readonly_fields = fields

    @column("Amount")
    def amount_shown(self, entry: Any) -> str:  # noqa: ANN401  (an entry with its card)
        """Show it with its sign."""
        return shown_amount(entry.amount, entry.gift_card.currency)


@register(GiftCard, site=backoffice)
class GiftCardAdmin(ServiceAdmin):
    """The cards; their codes are shown once, when they are issued."""

    form = GiftCardForm
    list_display = ("card", "balance_shown", "expires_at", "is_active", "created_at")
    list_filter = ("is_active",)
    search_fields = ("last_characters",)
    search_help_text = "The last four characters of the code"
    ordering = ("-created_at", "-id")

    def has_change_permission(self, request: HttpRequest, obj: GiftCard | None = None) -> bool:  # noqa: ARG002
        """Its balance changes by buying."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: GiftCard | None = None) -> bool:  # noqa: ARG002
        """Keep what the shop owes."""
        return False

    def get_fields(self, request: HttpRequest, obj: GiftCard | None = None) -> tuple[str, ...]:  # noqa: ARG002
        """Ask for the amount of a new card, and show what is left on one that is there."""
        if obj is None:
            return ("amount", "expires_at")
        return ("card", "balance_shown", "expires_at", "is_active", "created_at")

    def get_inlines(self, request: HttpRequest, obj: GiftCard | None) -> Any:  # noqa: ANN401, ARG002  (Django's signature)
        """Show the entries of one that is there."""
        return () if obj is None else (EntryInline,)

    @column("Code ends in", ordering="last_characters")
    def card(self, card: GiftCard) -> str:
        """Show as much of the code as we keep."""
        return str(card)

    @column("Balance", ordering="balance")
    def balance_shown(self, card: GiftCard) -> str:
        """Show what is left."""
        return shown_amount(card.balance, card.currency)

    def save_model(self, request: HttpRequest, obj: GiftCard, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Issue through the service."""
        issued = issue_gift_card(
            amount=form.cleaned_data["amount"],
            currency=get_current_tenant().currency,
            expires_at=obj.expires_at,
            now=now(),
        )
        obj.pk, obj.last_characters = issued.id, issued.code[-4:]
        request.issued = issued  # type: ignore[attr-defined]

    def response_add(self, request: HttpRequest, obj: GiftCard, post_url_continue: str | None = None) -> HttpResponse:  # noqa: ARG002  (Django's signature)
        """Show the code, this once: it is stored nowhere, not even in a message."""
        issued = request.issued  # type: ignore[attr-defined]
        context = self.admin_site.each_context(request) | {
            "title": "Gift card issued",
            "opts": self.opts,
            "card": obj,
            "code": issued.code,
            "amount": shown_amount(issued.balance, issued.currency),
        }
        headers = {"Cache-Control": "no-store"}
        return TemplateResponse(request, "backoffice/gift_card_issued.html", context, headers=headers)
