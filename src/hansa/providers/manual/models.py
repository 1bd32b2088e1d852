"""What the provider remembers. Nobody else reads or writes it."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from hansa.kernel.models import TenantForeignKey, TenantOwned


class ManualCharge(TenantOwned):
    """One payment as the provider knows it; its id is the payment's."""

    class State(models.TextChoices):
        """What became of it."""

        CHARGED = "charged"
        HELD = "held"
        WAITING = "waiting"
        DECLINED = "declined"
        VOIDED = "voided"

    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=20, choices=State)
    captured_amount = models.BigIntegerField(default=0)
    decline_code = models.CharField(max_length=100, default="")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(captured_amount__gte=0, captured_amount__lte=F("amount")), name="manual_charge_captured"
            ),
        )

    def __str__(self) -> str:
        """Say what became of it."""
        return self.state


class ManualTransfer(TenantOwned):
    """One capture or refund, by its key: what was asked for twice is done once."""

    charge = TenantForeignKey(ManualCharge, on_delete=models.PROTECT, related_name="transfers")
    kind = models.CharField(max_length=20, choices=[("capture", "capture"), ("refund", "refund")])
    amount = models.BigIntegerField()
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(amount__gt=0), name="manual_transfer_amount"),)
        indexes = (models.Index(fields=["tenant_id", "charge", "kind"], name="manual_transfer_by_charge"),)

    def __str__(self) -> str:
        """Say what it was."""
        return f"{self.kind} {self.amount}"
