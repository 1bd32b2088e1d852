"""The channel layer that processes tell each other by: Redis where it is configured, else PostgreSQL."""

from channels.layers import BaseChannelLayer
from django.conf import settings

from hansa.interfaces.realtime.postgres_layer import PostgresChannelLayer


def make_layer() -> BaseChannelLayer:
    """Return a layer; it belongs to the event loop that first uses it."""
    if settings.REDIS_URL:
        from channels_redis.pubsub import RedisPubSubChannelLayer  # noqa: PLC0415  (needed with Redis only)

        return RedisPubSubChannelLayer(hosts=[settings.REDIS_URL.replace("redis+unix://", "unix://")], prefix="hansa")
    return PostgresChannelLayer(capacity=10_000)
