"""Who works in the shop, and what they may do there."""

from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib.admin import register
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from hansa.domain.accounts.models import User
from hansa.domain.catalog.models import Category
from hansa.domain.inventory.models import Warehouse
from hansa.domain.staff.models import Invitation, Role
from hansa.domain.staff.permissions import authority_of
from hansa.domain.staff.selectors import get_authority
from hansa.domain.staff.services.change_staff import assign_roles, limit_staff, restore_staff, suspend_staff
from hansa.domain.staff.services.invite_staff import invite_staff, withdraw_invitation
from hansa.domain.staff.services.save_role import delete_role, save_role
from hansa.domain.staff.types import ALL_CAPABILITIES, CAPABILITIES, Authority
from hansa.interfaces.backoffice.columns import column
from hansa.interfaces.backoffice.form_fields import tree
from hansa.interfaces.backoffice.operations import Operation, OperationsAdmin
from hansa.interfaces.backoffice.reach import authority
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.interfaces.backoffice.site import backoffice
from hansa.kernel import clock


class Ticks(forms.CheckboxSelectMultiple):
    """A list to tick, one under the other."""

    template_name = "backoffice/ticks.html"


def capability_choices() -> list[tuple[str, str]]:
    """Return what can be allowed, as people read it."""
    return [(code, f"{told} ({code})") for code, told in CAPABILITIES.items()]


def _roles_field(**options: Any) -> forms.ModelMultipleChoiceField:  # type: ignore[type-arg]  # noqa: ANN401
    return forms.ModelMultipleChoiceField(Role.objects.order_by("name"), label="Roles", widget=Ticks, **options)


class RolesOperation(Operation):
    """What they may do."""

    name, title, button = "roles", "Change roles", "Save"
    capability = "staff.edit"
    hint = "It counts from their next click on."
    roles = _roles_field()

    @classmethod
    def initial_values(cls, item: User) -> dict[str, Any]:
        """Tick those they have."""
        return {"roles": Role.objects.filter(assignments__user=item)}

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows both)
        """Assign through the service."""
        assign_roles(user_id=self.item.pk, role_ids=[role.pk for role in self.cleaned_data["roles"]], by=self.by)
        return f"{self.item} has these roles now."


class LimitOperation(Operation):
    """Where they may do it."""

    capability = "staff.edit"
    permission: ClassVar[str]
    button = "Save"
    objects = forms.ModelMultipleChoiceField(Warehouse.objects.none(), label="", required=False, widget=Ticks)

    @classmethod
    def is_possible(cls, item: User) -> bool:
        """Owners work everywhere."""
        return get_authority(item.pk).capabilities != ALL_CAPABILITIES

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows both)
        """Limit through the service."""
        chosen = list(self.cleaned_data["objects"])
        limit_staff(user_id=self.item.pk, permission=self.permission, objects=chosen, by=self.by)
        return f"{self.item} is limited to {', '.join(map(str, chosen))}." if chosen else f"{self.item} has no limit."


class WarehousesOperation(LimitOperation):
    """Only some warehouses."""

    name, title = "warehouses", "Limit to warehouses"
    hint = "With a limit, they see and change stock there only. Nothing ticked: everywhere."
    permission = "inventory.view_warehouse"

    def __init__(self, item: Any, by: Authority, data: Any = None) -> None:  # noqa: ANN401  (a person, a form's values)
        """Offer the warehouses of today."""
        super().__init__(item, by, data)
        self.fields["objects"].queryset = Warehouse.objects.order_by("priority", "id")  # type: ignore[attr-defined]

    @classmethod
    def initial_values(cls, item: User) -> dict[str, Any]:
        """Tick what is set."""
        return {"objects": Warehouse.objects.filter(pk__in=get_authority(item.pk).limits.warehouses or ())}


class CategoriesOperation(LimitOperation):
    """Only some categories."""

    name, title = "categories", "Limit to categories"
    hint = "With a limit, they see and change products on these shelves and below only. Nothing ticked: everywhere."
    permission = "catalog.view_category"

    def __init__(self, item: Any, by: Authority, data: Any = None) -> None:  # noqa: ANN401  (a person, a form's values)
        """Offer the tree of today."""
        super().__init__(item, by, data)
        self.fields["objects"].queryset = tree()  # type: ignore[attr-defined]

    @classmethod
    def initial_values(cls, item: User) -> dict[str, Any]:
        """Tick what is set."""
        return {"objects": Category.objects.filter(pk__in=get_authority(item.pk).limits.categories or ())}


class SuspendOperation(Operation):
    """They are out, at once."""

    name, title, button = "suspend", "Suspend", "Suspend"
    capability = "staff.edit"
    hint = "They and their API keys are locked out at once. You can give the access back later."
    is_danger = True

    @classmethod
    def is_possible(cls, item: User) -> bool:
        """Only who is in can be put out."""
        return item.is_active

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows both)
        """Suspend through the service."""
        suspend_staff(user_id=self.item.pk, by=self.by)
        return f"{self.item} is suspended."


class RestoreOperation(Operation):
    """They are back."""

    name, title, button = "restore", "Give the access back", "Give access"
    capability = "staff.edit"

    @classmethod
    def is_possible(cls, item: User) -> bool:
        """Only who is out can come back."""
        return not item.is_active

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows both)
        """Restore through the service."""
        restore_staff(user_id=self.item.pk, by=self.by)
        return f"{self.item} can work here again."


@register(User, site=backoffice)
class StaffAdmin(OperationsAdmin):
    """The people who work here."""

    list_title = "Staff"
    list_display = ("email", "name", "roles_shown", "access", "last_login")
    list_display_links = ("email",)
    list_filter = ("is_active", "assignments__role")
    search_fields = ("email", "name")
    ordering = ("email",)
    operations = (RolesOperation, WarehousesOperation, CategoriesOperation, SuspendOperation, RestoreOperation)
    page_template = "backoffice/facts.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """Read staff; customers have pages of their own."""
        people: QuerySet[User] = super().get_queryset(request)
        return people.filter(is_staff=True).prefetch_related("assignments__role")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Offer the button: whoever may edit staff invites."""
        return authority(request).may("staff.edit")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:  # noqa: ANN401, ARG002
        """Invite instead: nobody types another person's password."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return redirect(reverse("admin:staff_invitation_add"))

    @column("Roles")
    def roles_shown(self, person: User) -> str:
        """Show what they are."""
        return ", ".join(sorted(str(one.role) for one in person.assignments.all())) or "–"

    @column("Access", ordering="is_active", label={"Active": "success", "Suspended": "danger"})
    def access(self, person: User) -> str:
        """Show whether they get in."""
        return "Active" if person.is_active else "Suspended"

    def page_facts(self, item: User) -> dict[str, Any]:
        """Return what they may do, and where."""
        limits = authority_of(item).limits
        houses = Warehouse.objects.filter(pk__in=limits.warehouses or ()).order_by("priority", "id")
        shelves = Category.objects.filter(pk__in=limits.categories or ()).order_by("path")
        return {
            "title": str(item),
            "facts": [
                ("E-mail", item.email),
                ("Name", item.name or "–"),
                ("Roles", self.roles_shown(item)),
                ("Warehouses", "\n".join(map(str, houses)) or "everywhere"),
                ("Categories", "\n".join(map(str, shelves)) or "everywhere"),
                ("Access", "active" if item.is_active else "suspended"),
                ("Last login", f"{item.last_login:%d %b %Y, %H:%M} UTC" if item.last_login else "never"),
            ],
        }


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """A role as the merchant puts it together."""

    capabilities = forms.MultipleChoiceField(
        choices=capability_choices,
        widget=Ticks,
        required=False,
        label="May",
        help_text="To change something one must see it: that is added by itself.",
    )

    class Meta:
        model = Role
        fields = ("name", "capabilities")


@register(Role, site=backoffice)
class RoleAdmin(ServiceAdmin):
    """The roles of this shop."""

    form = RoleForm
    list_display = ("name", "may_shown", "people")
    search_fields = ("name",)
    ordering = ("name",)
    fields = ("name", "capabilities")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Role]:
        """Read each with its people."""
        roles: QuerySet[Role] = super().get_queryset(request)
        return roles.prefetch_related("assignments")

    def has_change_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        """Keep the owner's role as it is."""
        return bool(super().has_change_permission(request, obj)) and not (obj and obj.is_owner)

    def has_delete_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        """Keep the owner's role."""
        return bool(super().has_delete_permission(request, obj)) and not (obj and obj.is_owner)

    @column("May")
    def may_shown(self, role: Role) -> str:
        """Show it in short."""
        return "everything" if role.is_owner else ", ".join(role.capabilities) or "nothing"

    @column("People")
    def people(self, role: Role) -> int:
        """Show how many have it."""
        return len(role.assignments.all())

    def save_model(self, request: HttpRequest, obj: Role, form: Any, change: bool) -> None:  # noqa: ANN401, FBT001  (Django's signature)
        """Save through the service."""
        saved = save_role(
            role_id=obj.pk if change else None,
            name=form.cleaned_data["name"],
            capabilities=form.cleaned_data["capabilities"],
            by=authority(request),
        )
        obj.pk = saved.pk

    def delete_model(self, request: HttpRequest, obj: Role) -> None:
        """Delete through the service."""
        delete_role(role_id=obj.pk, by=authority(request))


class InvitationForm(forms.ModelForm):  # type: ignore[type-arg]  # Django's forms take no parameter at run time
    """Whom, and as what."""

    roles = _roles_field()

    class Meta:
        model = Invitation
        fields = ("email", "roles")

    def clean_email(self) -> str:
        """Take small letters, as the service does, before the database's conditions are asked."""
        return str(self.cleaned_data["email"]).lower()


class WithdrawOperation(Operation):
    """Its link opens nothing any more."""

    name, title, button = "withdraw", "Withdraw the invitation", "Withdraw"
    capability = "staff.edit"
    is_danger = True

    @classmethod
    def is_possible(cls, item: Invitation) -> bool:
        """Only an open one."""
        return item.accepted_at is None and item.withdrawn_at is None

    def carry_out(self, *, actor: str, now: datetime) -> str:  # noqa: ARG002  (the audit log knows who)
        """Withdraw through the service."""
        withdraw_invitation(invitation_id=self.item.pk, by=self.by, now=now)
        return "The invitation is withdrawn."


@register(Invitation, site=backoffice)
class InvitationAdmin(OperationsAdmin):
    """Who was asked to work here."""

    form = InvitationForm
    list_display = ("email", "roles_shown", "state", "created_at", "expires_at")
    list_display_links = ("email",)
    search_fields = ("email",)
    ordering = ("-created_at",)
    operations = (WithdrawOperation,)
    page_template = "backoffice/facts.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Invitation]:
        """Read each with its roles."""
        invitations: QuerySet[Invitation] = super().get_queryset(request)
        return invitations.prefetch_related("roles").select_related("invited_by")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ANN401, ARG002  (Django's signature)
        """Whoever may edit staff invites."""
        return authority(request).may("staff.edit")

    @column("Roles")
    def roles_shown(self, invitation: Invitation) -> str:
        """Show what they will be."""
        return ", ".join(sorted(map(str, invitation.roles.all())))

    @column("", label={"Open": "info", "Accepted": "success", "Withdrawn": "danger", "Expired": "warning"})
    def state(self, invitation: Invitation) -> str:
        """Show what became of it."""
        if invitation.accepted_at:
            return "Accepted"
        if invitation.withdrawn_at:
            return "Withdrawn"
        return "Open" if invitation.expires_at > clock.now() else "Expired"

    def page_facts(self, item: Invitation) -> dict[str, Any]:
        """Return all of it."""
        return {
            "facts": [
                ("E-mail", item.email),
                ("Roles", self.roles_shown(item)),
                ("Status", self.state(item)),
                ("Invited by", item.invited_by or "–"),
                ("Good until", f"{item.expires_at:%d %b %Y, %H:%M} UTC"),
            ]
        }

    def save_model(self, request: HttpRequest, obj: Invitation, form: Any, change: bool) -> None:  # noqa: ANN401, ARG002, FBT001  (Django's signature)
        """Invite through the service."""
        roles = [role.pk for role in form.cleaned_data["roles"]]
        made = invite_staff(email=obj.email, role_ids=roles, by=authority(request), now=clock.now())
        obj.pk = made.pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: ANN401, FBT001  (Django's signature)
        """Leave the roles to the service, which has saved them."""
