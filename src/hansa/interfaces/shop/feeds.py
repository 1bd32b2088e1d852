"""The feeds that others fetch: a finished file, whatever the shop's size."""

from typing import Any

from django.db import transaction as django_transaction
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import condition, require_safe

from hansa.domain.exports.errors import FeedNotFound
from hansa.domain.exports.models import Feed
from hansa.domain.exports.selectors import get_feed
from hansa.domain.exports.services.files import private_storage
from hansa.interfaces.downloads import Download
from hansa.kernel.transactions import transaction


def _feed(request: HttpRequest, language: str) -> Feed:
    """Return the feed, asked once for each request. Raises Http404."""
    known: Any = getattr(request, "feed", None)
    if known is None:
        try:
            with transaction():
                known = request.feed = get_feed(language)  # type: ignore[attr-defined]
        except FeedNotFound as error:
            raise Http404(error.message) from None
    return known  # type: ignore[no-any-return]


@django_transaction.non_atomic_requests
@require_safe
@condition(
    etag_func=lambda request, language: f'"{_feed(request, language).file_sha256[:32]}"',
    last_modified_func=lambda request, language: _feed(request, language).written_at,
)
def google(request: HttpRequest, language: str) -> HttpResponseBase:
    """Serve the Google Merchant feed in a language."""
    feed = _feed(request, language)
    try:
        file = private_storage().open(feed.file_name)
    except FileNotFoundError as error:
        message = "The feed is being replaced. Try again in a moment."
        raise Http404(message) from error
    answer = Download(file, name=f"google-{language}.xml", media_type="application/rss+xml; charset=utf-8")
    answer["Content-Disposition"] = "inline"
    answer["Cache-Control"] = "public, max-age=600"
    return answer
