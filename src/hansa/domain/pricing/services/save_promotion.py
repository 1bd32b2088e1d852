"""Save a promotion."""

from typing import Any

from django.db.models import Count

from hansa.domain.catalog.services.violations import check_fields
from hansa.domain.pricing.errors import InvalidPromotion, PromotionChanged, PromotionNotFound, TooManyPromotions
from hansa.domain.pricing.models import MAX_TIERS, Promotion, PromotionCustomer, PromotionUse
from hansa.domain.pricing.queries import MAX_CANDIDATES
from hansa.domain.pricing.services.violations import named_violations
from hansa.domain.pricing.types import PPM, PromotionKind, normal_code
from hansa.kernel.errors import FieldError
from hansa.kernel.money import MAX_AMOUNT, UnknownCurrency, exponent
from hansa.kernel.tenancy import get_current_tenant
from hansa.kernel.transactions import requires_transaction, transaction

_COUNTED = frozenset(("uses", "tenant_id", "id", "created_at"))


def save_promotion(*, promotion: Promotion) -> Promotion:
    """Save a promotion whose fields somebody has set, new or changed. Amounts in minor units.

    Its code is stored in capitals; a promotion with amounts and no currency takes the shop's. A limit
    that is new counts the uses so far. `uses` itself is never written from the outside. Raises
    InvalidPromotion, CodeTaken, PromotionNotFound, TooManyPromotions, PromotionChanged. Locks the promotion.
    """
    promotion.name, promotion.code = promotion.name.strip(), normal_code(promotion.code)
    _complete(promotion)
    check_fields(promotion, InvalidPromotion)
    errors = [FieldError(field, InvalidPromotion.code, message) for field, message in _mistakes(promotion)]
    if errors:
        raise InvalidPromotion(errors[0].message, errors=tuple(errors))
    with named_violations(), transaction():
        _check_room(promotion)
        if promotion._state.adding:  # noqa: SLF001  (Django's documented way to ask whether it is new)
            promotion.uses = 0
            promotion.save(force_insert=True)
        else:
            _update(promotion)
    return promotion


def _complete(promotion: Promotion) -> None:
    """Fill in what follows from the rest."""
    has_amounts = bool(promotion.amount or promotion.min_subtotal or promotion.kind == PromotionKind.TIERED)
    if has_amounts and not promotion.currency:
        promotion.currency = get_current_tenant().currency
    if promotion.kind == PromotionKind.BUY_X_GET_Y and not promotion.rate_ppm:
        promotion.rate_ppm = PPM


def _mistakes(promotion: Promotion) -> list[tuple[str, str]]:
    """Return what is wrong: the field and a sentence."""
    mistakes: list[tuple[str, str]] = []
    if promotion.currency:
        try:
            exponent(promotion.currency)
        except UnknownCurrency as error:
            mistakes.append(("currency", error.message))
    if promotion.starts_at and promotion.ends_at and promotion.ends_at <= promotion.starts_at:
        mistakes.append(("ends_at", "It must end after it starts."))
    match promotion.kind:
        case PromotionKind.PERCENTAGE if not promotion.rate_ppm:
            mistakes.append(("rate_ppm", "Say how much it takes off: 100000 is 10 %."))
        case PromotionKind.FIXED_AMOUNT if not promotion.amount:
            mistakes.append(("amount", "Say how much it takes off, in cents."))
        case PromotionKind.BUY_X_GET_Y:
            mistakes += [
                (field, "At least 1.") for field in ("buy_quantity", "get_quantity") if not getattr(promotion, field)
            ]
        case PromotionKind.TIERED:
            mistakes += [("tiers", message) for message in _wrong_tiers(promotion.tiers)]
    return mistakes


def _wrong_tiers(tiers: Any) -> list[str]:  # noqa: ANN401  (whatever a JSON column was given)
    """Return what is wrong with the steps of a tiered promotion."""
    if not isinstance(tiers, list) or not 1 <= len(tiers) <= MAX_TIERS:
        return [f"Give 1 to {MAX_TIERS} steps."]
    limits = {"min_subtotal": MAX_AMOUNT, "rate_ppm": PPM, "amount": MAX_AMOUNT}
    for tier in tiers:
        if not isinstance(tier, dict) or not {"min_subtotal"} <= set(tier) <= set(limits):
            return ["A step has min_subtotal and either rate_ppm or amount."]
        if not all(type(value) is int and 0 <= value <= limits[name] for name, value in tier.items()):
            return ["A step's numbers are whole, and not negative; rate_ppm is at most 1000000."]
        if bool(tier.get("rate_ppm")) == bool(tier.get("amount")):
            return ["A step takes off either a rate or an amount."]
    starts = [tier["min_subtotal"] for tier in tiers]
    if sorted(set(starts)) != starts:
        return ["The steps must stand in order, each from a higher value on than the one before."]
    return []


def _check_room(promotion: Promotion) -> None:
    """Raise TooManyPromotions when a basket could not be compared with all automatic ones."""
    if promotion.code or promotion.archived_at:
        return
    others = Promotion.objects.filter(archived_at=None, code="").exclude(pk=promotion.pk)
    if others.count() >= MAX_CANDIDATES:
        message = f"A shop has at most {MAX_CANDIDATES} automatic promotions. Archive some, or give this one a code."
        raise TooManyPromotions(message)


@requires_transaction
def _update(promotion: Promotion) -> None:
    """Write all but the counter, and count anew where a limit is new. See Note [Redeeming]."""
    before = Promotion.objects.filter(pk=promotion.pk).first()
    gains_limit = before is not None and _gains_limit(before, promotion)
    # A new limit must wait for those who redeem without counting: they hold the row FOR KEY SHARE.
    stored = Promotion.objects.select_for_update(no_key=not gains_limit).filter(pk=promotion.pk).first()
    if before is None or stored is None:
        message = f"There is no promotion with the id {promotion.pk}."
        raise PromotionNotFound(message)
    if _gains_limit(stored, promotion) != gains_limit:
        message = "Somebody else changed the promotion just now. Load it again."
        raise PromotionChanged(message)
    uses = stored.uses
    if promotion.usage_limit is not None and stored.usage_limit is None:
        uses = PromotionUse.objects.filter(promotion=stored, released_at=None).count()
    if promotion.usage_limit is not None and uses > promotion.usage_limit:
        message = f"It has been used {uses} times already. Choose a higher limit, or archive the promotion."
        raise InvalidPromotion(message, errors=(FieldError("usage_limit", InvalidPromotion.code, message),))
    promotion.uses = uses
    fields = [field.name for field in promotion._meta.concrete_fields if field.name not in _COUNTED]
    promotion.save(force_update=True, update_fields=[*fields, "uses"])
    if promotion.usage_limit_per_customer is not None and stored.usage_limit_per_customer is None:
        _count_customers(promotion, promotion.usage_limit_per_customer)


def _gains_limit(before: Promotion, after: Promotion) -> bool:
    return (before.usage_limit is None and after.usage_limit is not None) or (
        before.usage_limit_per_customer is None and after.usage_limit_per_customer is not None
    )


def _count_customers(promotion: Promotion, limit: int) -> None:
    """Count how often each customer has used it so far."""
    PromotionCustomer.objects.filter(promotion=promotion).delete()
    counts = (
        PromotionUse.objects.filter(promotion=promotion, released_at=None)
        .values_list("customer_key")
        .annotate(uses=Count("id"))
    )
    PromotionCustomer.objects.bulk_create(
        [
            PromotionCustomer(promotion=promotion, customer_key=key, uses=uses, usage_limit=max(uses, limit))
            for key, uses in counts.iterator()
        ],
        batch_size=1000,
    )
