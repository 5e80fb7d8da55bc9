"""WebSocket frames as a client writes and reads them (RFC 6455), as far as the load needs them."""

TEXT, CLOSE, PING, PONG = 1, 8, 9, 10

_FINAL = 0x80
_MASKED = 0x80
_TWO_BYTES, _EIGHT_BYTES = 126, 127

# A mask like any other to a server; it saves the load from masking, and hides nothing on loopback that needs it.
_MASK = bytes(4)


class Broken(Exception):
    """A frame that none of the servers should send."""


def frame(payload: bytes, kind: int = TEXT) -> bytes:
    """A whole message of less than 64 KiB, in one frame."""
    size = len(payload)
    if size < _TWO_BYTES:
        return bytes((_FINAL | kind, _MASKED | size)) + _MASK + payload
    return bytes((_FINAL | kind, _MASKED | _TWO_BYTES)) + size.to_bytes(2) + _MASK + payload


class Frames:
    """Takes a server's frames out of what arrives, in whatever parts."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The kind and payload of each frame that is complete now. Raises `Broken`."""
        if self._rest:
            data = self._rest + data
        found, at = [], 0
        while (bounds := _bounds(data, at)) is not None:
            start, end = bounds
            if not data[at] & _FINAL:
                raise Broken("A message came in several frames.")
            found.append((data[at] & 0x0F, data[start:end]))
            at = end
        self._rest = data[at:]
        return found


def _bounds(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the payload of the frame at this place begins and ends; None while it is not complete."""
    if len(data) < at + 2:
        return None
    size, start = data[at + 1], at + 2
    more = {_TWO_BYTES: 2, _EIGHT_BYTES: 8}.get(size, 0)
    if more:
        if len(data) < start + more:
            return None
        size, start = int.from_bytes(data[start : start + more]), start + more
    return (start, start + size) if len(data) >= start + size else None
