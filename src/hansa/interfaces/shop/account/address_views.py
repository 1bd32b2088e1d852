"""Pages of the address book."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hansa.domain.accounts.address import InvalidAddress
from hansa.domain.accounts.errors import AddressNotFound, TooManyAddresses
from hansa.domain.accounts.selectors import get_address, list_addresses
from hansa.domain.accounts.services.keep_address import keep_address
from hansa.domain.accounts.services.remove_address import remove_address
from hansa.domain.accounts.types import Person
from hansa.interfaces.shop.account.forms import address_form
from hansa.interfaces.shop.buying.order import address_lines
from hansa.interfaces.shop.notices import leave_notices
from hansa.interfaces.shop.page import render_page
from hansa.interfaces.shop.shopper import for_customers


@never_cache
@require_safe
@for_customers
def addresses(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the address book."""
    book = [(address, address_lines(address.parts)) for address in list_addresses(person.customer_id)]
    return render_page(request, "account/addresses", [], book=book)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def address(request: HttpRequest, person: Person, address_id: UUID | None = None) -> HttpResponse:
    """Show the form of a new address, or of one that is there, and keep what was typed."""
    try:
        known = get_address(customer_id=person.customer_id, address_id=address_id) if address_id else None
    except AddressNotFound as error:
        raise Http404(error.message) from error
    if request.method != "POST":
        form = address_form(known.parts if known else {})
        return render_page(request, "account/address", [], form=form, known=known)
    form = address_form(request.POST)
    notices: list[str] = []
    try:
        keep_address(
            customer_id=person.customer_id,
            parts=form.values,
            is_default="is_default" in request.POST,
            address_id=address_id,
        )
    except InvalidAddress as error:
        form = form.with_errors(error.errors)
    except TooManyAddresses as error:
        notices = [error.message]
    else:
        response = redirect("shop:account_addresses")
        leave_notices(request, response, ["The address is saved."], is_good=True)
        return response
    return render_page(request, "account/address", [], status=422, notices=notices, form=form, known=known)


@require_POST
@for_customers
def change_address(request: HttpRequest, person: Person, address_id: UUID) -> HttpResponse:
    """Make it the default, or delete it."""
    try:
        if "remove" in request.POST:
            remove_address(customer_id=person.customer_id, address_id=address_id)
        else:
            keep_address(customer_id=person.customer_id, parts={}, is_default=True, address_id=address_id)
    except AddressNotFound as error:
        raise Http404(error.message) from error
    except InvalidAddress:  # kept when the rules were others: put it right first
        return redirect("shop:account_address", address_id)
    return redirect("shop:account_addresses")
