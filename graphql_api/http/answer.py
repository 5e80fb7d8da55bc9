"""One whole answer, and how it is sent."""

from typing import NamedTuple

from starlette.types import Send

Fields = tuple[tuple[bytes, bytes], ...]
"""Header fields as ASGI carries them: names in lower case."""


class Answer(NamedTuple):
    """A status, header fields (all but the length) and a body."""

    status: int
    fields: Fields
    body: bytes

    async def send_by(self, send: Send) -> None:
        """Send it to the client whose request this `send` belongs to."""
        headers = [*self.fields, (b"content-length", b"%d" % len(self.body))]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})
