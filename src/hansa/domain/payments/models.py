"""Tables of payments. What the database itself refuses is in `migrations/0002_wall.py`.

Note [The status climbs]: providers tell the same thing several times, late, and in any order. So a
payment's status is the highest that was ever told, by RANK: a late "authorised" cannot take back a
"captured", and a "captured" after a "declined" counts, because money that was taken must not be
lost. What is captured is likewise the highest sum that was told. The highest of several facts does
not depend on their order or number; that is why events need neither.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from hansa.kernel.models import TenantForeignKey, TenantOwned, TimestampedModel
from hansa.kernel.money import MAX_AMOUNT

RANK = {"created": 0, "pending": 1, "declined": 2, "authorised": 3, "voided": 4, "captured": 5}
"""See Note [The status climbs]."""


class Payment(TenantOwned, TimestampedModel):
    """One attempt to get an amount through one provider. Its id is the provider's idempotency key."""

    class Status(models.TextChoices):
        """How far it came. What was refunded is in the ledger."""

        CREATED = "created"
        PENDING = "pending"
        DECLINED = "declined"
        AUTHORISED = "authorised"
        VOIDED = "voided"
        CAPTURED = "captured"

    reference = models.UUIDField()
    """What is paid for: an order, of which we know nothing else."""
    provider = models.CharField(max_length=50)
    method = models.CharField(max_length=250, blank=True, default="", db_default="")
    """In the words of the provider, which must be able to ask the same question again by it."""
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=20, choices=Status, default=Status.CREATED, db_default=Status.CREATED)
    provider_reference = models.CharField(max_length=200, blank=True, default="", db_default="")
    """The provider's own id of it; empty until the provider has told it."""
    next_action = models.JSONField(null=True, blank=True)
    """What the shopper has to do first."""
    decline_code = models.CharField(max_length=100, blank=True, default="", db_default="")
    message = models.CharField(max_length=500, blank=True, default="", db_default="")
    mismatch = models.CharField(max_length=500, blank=True, default="", db_default="")
    """What a provider told that cannot be true of this payment: staff must look."""
    disputed_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveIntegerField(default=0, db_default=0)
    """How often we have asked what became of it."""
    next_check_at = models.DateTimeField(null=True, blank=True)
    """When to ask next; NULL when nothing is open."""

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(status__in=list(RANK)), name="payments_payment_status_known"),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MAX_AMOUNT), name="payments_payment_amount"),
            models.UniqueConstraint(
                fields=["tenant_id", "provider", "provider_reference"],
                condition=~Q(provider_reference=""),
                name="payments_payment_provider_reference",
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "reference"], name="payments_payment_by_reference"),)

    def __str__(self) -> str:
        """Say how it stands."""
        return f"{self.provider} {self.status}"


class Refund(TenantOwned, TimestampedModel):
    """Captured money on its way back. Its id is the provider's idempotency key."""

    class Status(models.TextChoices):
        """FAILED is final: a late "succeeded" of the same refund does not count."""

        CREATED = "created"
        SUCCEEDED = "succeeded"
        FAILED = "failed"

    payment = TenantForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    amount = models.BigIntegerField()
    reason_code = models.CharField(max_length=50)
    status = models.CharField(max_length=20, choices=Status, default=Status.CREATED)
    provider_reference = models.CharField(max_length=200, blank=True, default="")
    message = models.CharField(max_length=500, blank=True, default="")
    created_by = models.CharField(max_length=100)
    """Who asked for it: `staff:<id>`, `system`, `provider:<name>`."""
    attempts = models.PositiveIntegerField(default=0)
    next_check_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(status__in=["created", "succeeded", "failed"]), name="payments_refund_status_known"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MAX_AMOUNT), name="payments_refund_amount"),
            models.CheckConstraint(condition=~Q(reason_code=""), name="payments_refund_has_reason"),
            models.UniqueConstraint(
                fields=["tenant_id", "payment", "provider_reference"],
                condition=~Q(provider_reference=""),
                name="payments_refund_provider_reference",
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "payment"], name="payments_refund_by_payment"),)

    def __str__(self) -> str:
        """Say how it stands."""
        return f"{self.amount} {self.status}"


class LedgerEntry(TenantOwned):
    """Money that went from one account to another. Written once; the database refuses to change it.

    Accounts are `customer` (what the customer of the reference owes), `sales`, `gift_cards` (what
    the shop owes to holders of gift cards), `gift_card_sales` and `provider:<name>`. One row names
    both accounts, so debits and credits are always equal.
    """

    class Kind(models.TextChoices):
        """Why it went."""

        CHARGE = "charge"
        CHARGE_REVERSAL = "charge_reversal"
        CAPTURE = "capture"
        REFUND = "refund"
        REFUND_REVERSAL = "refund_reversal"
        GIFT_CARD = "gift_card"
        GIFT_CARD_RETURN = "gift_card_return"
        GIFT_CARD_ISSUE = "gift_card_issue"

    reference = models.UUIDField()
    payment = TenantForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="entries")
    debit = models.CharField(max_length=60)
    credit = models.CharField(max_length=60)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=30, choices=Kind)
    source = models.CharField(max_length=120)
    """What caused it, unique within reference and kind: nothing is entered twice."""
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "reference", "kind", "source"], name="payments_ledgerentry_once"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payments_ledgerentry_amount"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="payments_ledgerentry_two_accounts"),
            models.CheckConstraint(
                condition=Q(
                    kind__in=[
                        "charge",
                        "charge_reversal",
                        "capture",
                        "refund",
                        "refund_reversal",
                        "gift_card",
                        "gift_card_return",
                        "gift_card_issue",
                    ]
                ),
                name="payments_ledgerentry_kind_known",
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "payment", "kind"], name="payments_ledgerentry_by_pay"),)

    def __str__(self) -> str:
        """Say what went where."""
        return f"{self.amount} {self.currency} {self.debit} → {self.credit}"


class ReceivedEvent(TenantOwned):
    """A provider's callback that we have dealt with, so that its repetitions are not."""

    provider = models.CharField(max_length=50)
    event_id = models.CharField(max_length=200)
    kind = models.CharField(max_length=100)
    """In the provider's own words."""
    payment_id = models.UUIDField(null=True)
    payload = models.JSONField(default=dict)
    """What we read in it."""
    processed_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "provider", "event_id"], name="payments_receivedevent_once"),
        )
        indexes = (models.Index(fields=["tenant_id", "payment_id"], name="payments_receivedevent_by_pay"),)

    def __str__(self) -> str:
        """Say what was told."""
        return f"{self.provider} {self.kind}"


class GiftCard(TenantOwned, TimestampedModel):
    """Money that the shop owes to whoever knows the code."""

    code_fingerprint = models.CharField(max_length=64)
    """SHA-256 of the normalised code: 80 random bits need no salt, and a stolen table spends nothing."""
    last_characters = models.CharField(max_length=4)
    currency = models.CharField(max_length=3)
    balance = models.BigIntegerField()
    """Always the sum of its entries; kept beside them so that one guarded UPDATE decides."""
    expires_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "code_fingerprint"], name="payments_giftcard_code"),
            models.CheckConstraint(condition=Q(balance__gte=0), name="payments_giftcard_balance"),
        )

    def __str__(self) -> str:
        """Say which card, without its code."""
        return f"…{self.last_characters}"


class GiftCardEntry(TenantOwned):
    """A change of a gift card's balance. Written once; the database refuses to change it."""

    class Kind(models.TextChoices):
        """Why it changed."""

        ISSUE = "issue"
        REDEEM = "redeem"
        RETURN = "return"

    gift_card = TenantForeignKey(GiftCard, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=20, choices=Kind)
    reference = models.UUIDField()
    amount = models.BigIntegerField()
    """Signed: what is redeemed is negative."""
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "gift_card", "reference", "kind"], name="payments_giftcardentry_once"
            ),
            models.CheckConstraint(
                condition=Q(kind="redeem", amount__lt=0) | Q(kind__in=["issue", "return"], amount__gt=0),
                name="payments_giftcardentry_sign",
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "reference"], name="payments_giftcardentry_by_ref"),)

    def __str__(self) -> str:
        """Say how much."""
        return f"{self.kind} {self.amount}"
