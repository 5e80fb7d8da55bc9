"""How long the server waits on connections that stay open; tests wait less."""

from dataclasses import dataclass

from graphql_api.http.connections import Transport
from graphql_api.limits import (
    EVENTS_BEAT_SECONDS,
    INIT_SECONDS,
    MULTIPART_BEAT_SECONDS,
    PING_SECONDS,
    PONG_SECONDS,
    SEND_SECONDS,
)


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds, each as the limit of its name says. A pong is waited for no longer than until the next ping."""

    init: float = INIT_SECONDS
    send: float = SEND_SECONDS
    ping: float = PING_SECONDS
    pong: float = PONG_SECONDS
    events_beat: float = EVENTS_BEAT_SECONDS
    multipart_beat: float = MULTIPART_BEAT_SECONDS

    def beat(self, transport: Transport) -> float:
        """Return the silence after which a stream gives a sign of life."""
        return self.multipart_beat if transport == "multipart" else self.events_beat
