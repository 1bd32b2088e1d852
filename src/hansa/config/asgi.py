"""The one application: the gate, and behind it FastAPI, Django and the sockets, by path."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hansa.config.settings")

import django

from hansa.config.lifetime import end_with_main_process

end_with_main_process()
django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from starlette.types import Receive, Scope, Send  # noqa: E402

from hansa.interfaces.gate import Gate  # noqa: E402
from hansa.interfaces.realtime.application import close_hub, realtime  # noqa: E402
from hansa.interfaces.storefront.app import storefront  # noqa: E402
from hansa.interfaces.turnstile import Turnstile  # noqa: E402
from hansa.kernel.limits import get_counters  # noqa: E402
from hansa.kernel.postgresql.reading import close_readers  # noqa: E402

_django = Turnstile(get_asgi_application())  # type: ignore[arg-type]  # Django types its own scope


async def _by_path(scope: Scope, receive: Receive, send: Send) -> None:
    """Hand the request to whoever serves its path."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "websocket":
        await realtime(scope, receive, send)
    elif scope["path"].startswith("/api/"):
        await storefront(scope, receive, send)
    else:
        await _django(scope, receive, send)


async def _lifespan(receive: Receive, send: Send) -> None:
    """Answer the server's start and stop."""
    while True:
        event = await receive()
        if event["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        else:
            await close_hub()
            await close_readers()
            await get_counters().close()
            await send({"type": "lifespan.shutdown.complete"})
            return


application = Gate(_by_path)
