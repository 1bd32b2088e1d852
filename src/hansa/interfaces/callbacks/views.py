"""A provider tells us something: hand the raw bytes to the domain, answer 2xx when it is kept."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from hansa.domain.checkout.services.settle import settle_payment
from hansa.domain.payments.services.receive_event import receive_event
from hansa.interfaces.problems import MEDIA_TYPE, problem_of
from hansa.kernel import clock
from hansa.kernel.errors import DomainError


@csrf_exempt
@require_POST
@transaction.non_atomic_requests
def receive(request: HttpRequest, provider: str) -> HttpResponse:
    """Take in one callback. What fails is answered with an error, so that the provider sends it again."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        received = receive_event(
            provider=provider, body=request.body, headers=headers, now=clock.now(), settle=settle_payment
        )
    except DomainError as error:
        status, body = problem_of(error, instance=request.path)
        return HttpResponse(body, status=status, content_type=MEDIA_TYPE)
    return JsonResponse({"status": received})
