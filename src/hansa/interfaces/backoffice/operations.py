"""Pages of things that are not edited but worked with: a page to look at, with a form for each operation.

An operation is a form that calls one service. It is posted to an address of its own, outside the request's
transaction, because a service may ask somebody outside (a payment provider). What the service refuses
stands above the form, with everything still filled in.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction as django_transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from hansa.domain.staff.types import Authority
from hansa.interfaces.backoffice.reach import authority
from hansa.interfaces.backoffice.read_only import ReadOnly
from hansa.interfaces.backoffice.refusals import ServiceAdmin
from hansa.kernel import clock
from hansa.kernel.errors import DomainError
from hansa.kernel.transactions import transaction


class Operation(forms.Form):
    """One thing that can be done with an item."""

    name: ClassVar[str]
    capability: ClassVar[str] = ""
    """Who may do it; an operation that names none is for nobody."""
    title: ClassVar[str]
    button: ClassVar[str]
    hint: ClassVar[str] = ""
    is_danger: ClassVar[bool] = False

    def __init__(self, item: Any, by: Authority, data: Any = None) -> None:  # noqa: ANN401  (whatever the page shows)
        """Take the item, what whoever looks at it may do and, when it was posted, the form's values."""
        super().__init__(data, auto_id=f"{self.name}_%s", initial=self.initial_values(item))
        self.item = item
        self.by = by

    @classmethod
    def is_offered(cls, item: Any, by: Authority) -> bool:  # noqa: ANN401  (whatever the page shows)
        """Tell whether somebody may do it, and it makes sense now."""
        return by.may(cls.capability) and cls.is_possible(item)

    @classmethod
    def is_possible(cls, item: Any) -> bool:  # noqa: ANN401, ARG003  (whatever the page shows)
        """Tell whether it makes sense now; the service decides."""
        return True

    @classmethod
    def initial_values(cls, item: Any) -> dict[str, Any]:  # noqa: ANN401, ARG003
        """Return what stands in the form at first."""
        return {}

    def answer(self, page: "OperationsAdmin", request: HttpRequest) -> HttpResponse | None:  # noqa: ARG002
        """Return what to show when it is done; None: the item's page, with a message."""
        return None

    def carry_out(self, *, actor: str, now: datetime) -> str:
        """Call the service, and return what to tell the merchant. Raises domain errors."""
        raise NotImplementedError


class OperationsAdmin(ReadOnly, ServiceAdmin):
    """A read-only page with operations."""

    operations: ClassVar[Sequence[type[Operation]]] = ()
    page_template: ClassVar[str]

    @property
    def _address(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_change"

    def page_facts(self, item: Any) -> dict[str, Any]:  # noqa: ANN401  (the page's item)
        """Return what the template shows."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        """Put the operations beside the page."""
        view = django_transaction.non_atomic_requests(self.admin_site.admin_view(self.operate))
        name = f"{self.opts.app_label}_{self.opts.model_name}_operation"
        return [path("<path:object_id>/do/<slug:operation>/", view, name=name), *super().get_urls()]

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002  (Django's signature)
        extra_context: Any = None,  # noqa: ANN401, ARG002
    ) -> HttpResponse:
        """Show the page."""
        return self._page(request, self._item(request, object_id), None)

    def operate(self, request: HttpRequest, object_id: str, operation: str) -> HttpResponse:
        """Carry out the operation that was posted, or show why not."""
        chosen = next((one for one in self.operations if one.name == operation), None)
        if chosen is None:
            message = f"There is no operation {operation!r} here."
            raise Http404(message)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not authority(request).may(chosen.capability):
            raise PermissionDenied
        with transaction():
            form = chosen(self._item(request, object_id), authority(request), request.POST)
            is_valid = form.is_valid()
        if is_valid:
            try:
                done = form.carry_out(actor=request.user.email, now=clock.now())  # type: ignore[union-attr]  # it is staff
            except DomainError as error:
                form.add_error(None, error.message)
            else:
                with transaction():
                    answer = form.answer(self, request)
                    if answer is not None:
                        return answer.render() if isinstance(answer, TemplateResponse) else answer
                messages.success(request, done)
                return redirect(reverse(self._address, args=[object_id]))
        with transaction():
            return self._page(request, self._item(request, object_id), form).render()

    def _item(self, request: HttpRequest, object_id: str) -> Any:  # noqa: ANN401
        if not self.has_view_permission(request):
            raise PermissionDenied
        try:
            item = self.get_object(request, object_id)
        except ValidationError:
            item = None
        if item is None:
            message = f"There is no {self.opts.verbose_name} with this id."
            raise Http404(message)
        return item

    def _page(self, request: HttpRequest, item: Any, tried: Operation | None) -> TemplateResponse:  # noqa: ANN401
        by = authority(request)
        forms_shown = [
            tried if tried and tried.name == one.name else one(item, by)
            for one in self.operations
            if (tried and tried.name == one.name) or one.is_offered(item, by)
        ]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(item),
            "item": item,
            "original": item,
            "operations": forms_shown,
            "tried": tried,
            "operations_at": reverse(self._address, args=[item.pk]).removesuffix("change/") + "do/",
            **self.page_facts(item),
        }
        return TemplateResponse(request, self.page_template, context, status=422 if tried else 200)
