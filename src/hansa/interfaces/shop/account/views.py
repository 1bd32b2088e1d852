"""Pages of the account: overview, profile, orders, wishlist, everything to take along or forget."""

import json
from uuid import UUID

from allauth.account.views import LogoutView
from django.contrib.auth import logout as end_session
from django.db.transaction import non_atomic_requests
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from hansa.domain.accounts.errors import InvalidCustomer, ReauthenticationRequired, StaffAccount
from hansa.domain.accounts.selectors import get_profile
from hansa.domain.accounts.services.change_profile import change_profile
from hansa.domain.accounts.types import Person, ProfileChanges
from hansa.domain.carts.errors import ProductNotForSale, TooManyWishes
from hansa.domain.carts.selectors import list_wishes
from hansa.domain.carts.services.unwish import unwish
from hansa.domain.carts.services.wish import wish
from hansa.domain.orders.selectors import list_own_orders
from hansa.domain.privacy.selectors import export_person
from hansa.domain.privacy.services.erase_person import erase_person
from hansa.interfaces.shop.account.forms import profile_form
from hansa.interfaces.shop.buying.cookies import forget_cart
from hansa.interfaces.shop.buying.order import build_order_rows
from hansa.interfaces.shop.notices import leave_notices
from hansa.interfaces.shop.page import render_page
from hansa.interfaces.shop.shopper import for_customers
from hansa.kernel import clock

RECENT = 3
PAGE = 20
_WRONG_PASSWORD = "That is not the password. Type it once more, or set a new one first."  # noqa: S105  (a sentence)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@for_customers
def account(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the account's first page, and take what is changed of the profile."""
    status = 200
    profile = get_profile(person.customer_id)
    form = profile_form({"name": profile.name, "phone": profile.phone})
    if request.method == "POST":
        form = profile_form(request.POST)
        changes = ProfileChanges(name=form.values["name"], phone=form.values["phone"])
        try:
            change_profile(customer_id=person.customer_id, changes=changes, now=clock.now())
        except InvalidCustomer as error:
            form, status = form.with_errors(error.errors), 422
        else:
            response = redirect("shop:account")
            leave_notices(request, response, ["Your profile is saved."], is_good=True)
            return response
    recent = list_own_orders(customer_id=person.customer_id, email=person.email, limit=RECENT)
    orders = build_order_rows(recent.documents)
    return render_page(
        request, "account/overview", [], status=status, profile=profile, form=form, orders=orders, email=person.email
    )


@never_cache
@require_safe
@for_customers
def orders(request: HttpRequest, person: Person) -> HttpResponse:
    """List the orders, the newest first."""
    page = list_own_orders(
        customer_id=person.customer_id, email=person.email, limit=PAGE, cursor=request.GET.get("cursor")
    )
    rows = build_order_rows(page.documents)
    return render_page(request, "account/orders", [], orders=rows, next_cursor=page.next_cursor)


@never_cache
@require_safe
@for_customers
def wishlist(request: HttpRequest, person: Person) -> HttpResponse:
    """Show what they wish for."""
    return render_page(request, "account/wishlist", [], documents=list_wishes(person.customer_id))


@require_POST
@for_customers
def change_wish(request: HttpRequest, person: Person, product_id: UUID) -> HttpResponse:
    """Note a wish, or let it go with `remove`."""
    back = request.POST.get("back", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    response = HttpResponseRedirect(back) if is_ours else redirect("shop:wishlist")
    if "remove" in request.POST:
        unwish(customer_id=person.customer_id, product_id=product_id)
        return response
    try:
        wish(customer_id=person.customer_id, product_id=product_id)
    except (ProductNotForSale, TooManyWishes) as error:
        leave_notices(request, response, [error.message])
    else:
        leave_notices(request, response, ["It is on your wishlist."], is_good=True)
    return response


@never_cache
@require_safe
@for_customers
def data(request: HttpRequest, person: Person) -> HttpResponse:  # noqa: ARG001  (given to every view of theirs)
    """Offer to take everything along, or to have it forgotten."""
    return render_page(request, "account/data", [])


@require_POST
@for_customers
def export(request: HttpRequest, person: Person) -> HttpResponse:  # noqa: ARG001
    """Hand over everything that the shop knows of them."""
    known = json.loads(json.dumps(export_person(person), default=str))
    answer = JsonResponse(known, json_dumps_params={"indent": 2, "ensure_ascii": False})
    answer["Content-Disposition"] = 'attachment; filename="my-data.json"'
    answer["Cache-Control"] = "no-store"
    return answer


@never_cache
@non_atomic_requests
@require_POST
@for_customers
def erase(request: HttpRequest, person: Person) -> HttpResponse:
    """Forget them, when they have typed the password."""
    try:
        erase_person(person=person, password=request.POST.get("password") or None, now=clock.now())
    except (ReauthenticationRequired, StaffAccount) as error:
        complaint = _WRONG_PASSWORD if isinstance(error, ReauthenticationRequired) else error.message
        return render_page(request, "account/data", [], status=422, complaint=complaint)
    end_session(request)
    response = redirect("shop:home")
    forget_cart(response)
    leave_notices(request, response, ["Your account is deleted. Thank you for having been with us."], is_good=True)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def log_out(request: HttpRequest) -> HttpResponse:
    """Log out as allauth does, and leave no cart of theirs behind."""
    response: HttpResponse = LogoutView.as_view()(request)
    if request.method == "POST":
        forget_cart(response)
    return response
