"""People, their sessions, and the shop's customers."""

from typing import ClassVar

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from hansa.domain.accounts.session_keys import DIGEST_CHARACTERS, SessionKeyField
from hansa.kernel.languages import LANGUAGE_CHOICES
from hansa.kernel.models import TenantForeignKey, TenantOwned, TimestampedModel
from hansa.kernel.tenancy import default_tenant_id


class User(TenantOwned, TimestampedModel, AbstractBaseUser):
    """A person who logs in with an e-mail address, unique within the tenant."""

    email = models.EmailField()
    name = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)

    objects = BaseUserManager["User"]()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        constraints = (models.UniqueConstraint(fields=["tenant_id", "email"], name="accounts_user_email"),)

    def __str__(self) -> str:
        """Say who."""
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the name as the back office shows it."""
        return self.name

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Ask those who know about permissions; without one that says yes it is no."""
        return any(backend.has_perm(self, perm, obj=obj) for backend in get_backends())

    def has_module_perms(self, app_label: str) -> bool:
        """Tell whether there is anything in this part of the back office for them."""
        askable = [backend for backend in get_backends() if hasattr(backend, "has_module_perms")]
        return any(backend.has_module_perms(self, app_label) for backend in askable)


class Session(AbstractBaseSession):
    """A browser's session with one shop; in another shop the same cookie means nothing."""

    tenant_id = models.UUIDField(default=default_tenant_id, editable=False)
    session_key = SessionKeyField(primary_key=True, max_length=DIGEST_CHARACTERS, db_column="id")
    expire_date = models.DateTimeField()
    user = TenantForeignKey(User, on_delete=models.CASCADE, null=True, related_name="+")
    """Whoever is logged in: their sessions end with the account."""

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        indexes = (
            models.Index(fields=["tenant_id", "expire_date"], name="accounts_session_expiry"),
            models.Index(fields=["tenant_id", "user"], name="accounts_session_by_user"),
        )


class CustomerGroup(TenantOwned, TimestampedModel):
    """Customers that are treated alike: wholesale, club members."""

    name = models.CharField(max_length=200)
    code = models.SlugField(max_length=50, help_text="As integrations call it: wholesale")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "name"], name="accounts_customergroup_name"),
            models.UniqueConstraint(fields=["tenant_id", "code"], name="accounts_customergroup_code"),
        )

    def __str__(self) -> str:
        """Say which group."""
        return self.name


class Customer(TenantOwned, TimestampedModel):
    """Somebody who buys, known by an e-mail address, in small letters, that is unique within the tenant."""

    email = models.EmailField()
    name = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=40, blank=True, default="", db_default="")
    language = models.CharField(
        max_length=5,
        choices=LANGUAGE_CHOICES,
        blank=True,
        default="",
        db_default="",
        help_text="In which the shop writes to them. Without one, it is the shop's own language.",
    )
    """The one they signed up in."""
    user = TenantForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="customers"
    )
    """The account of the person who has proved that the address is theirs; guests have none."""
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    """When they had themselves forgotten; from then on the address is a made-up one."""
    group = TenantForeignKey(CustomerGroup, on_delete=models.SET_NULL, null=True, blank=True, related_name="customers")
    is_tax_exempt = models.BooleanField(default=False)
    tax_id = models.CharField("tax ID", max_length=50, blank=True, help_text="What the exemption rests on.")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["tenant_id", "email"], name="accounts_customer_email"),
            models.UniqueConstraint(fields=["tenant_id", "user"], name="accounts_customer_user"),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="accounts_customer_email_small"),
        )
        indexes = (models.Index(fields=["tenant_id", "group"], name="accounts_customer_by_group"),)

    def __str__(self) -> str:
        """Say who."""
        return self.name or self.email


class CustomerAddress(TenantOwned, TimestampedModel):
    """An address in a customer's address book."""

    customer = TenantForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    parts = models.JSONField()
    """What `address.Address` holds."""
    is_default = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ("-is_default", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["tenant_id", "customer"], condition=Q(is_default=True), name="accounts_customeraddress_default"
            ),
        )
        indexes = (models.Index(fields=["tenant_id", "customer"], name="accounts_customeraddress_of"),)

    def __str__(self) -> str:
        """Say where."""
        return f"{self.parts.get('line1', '')}, {self.parts.get('city', '')}"
