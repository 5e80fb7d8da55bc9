"""Adds to every answer the headers that keep browsers from guessing, framing and telling."""

from collections.abc import Iterable

_SET = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_REMOVED = frozenset({b"server", b"x-powered-by"})
_WEIGHED = _REMOVED | {name for name, _ in _SET}


def guarded(headers: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers with each of ours that they do not set themselves, and without what names the server's parts.

    Names are in lower case, as ASGI demands.
    """
    for name, _ in headers:
        if name in _WEIGHED:
            return _weighed(list(headers))
    return [*headers, *_SET]


def _weighed(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    given = {name for name, _ in headers}
    kept = [header for header in headers if header[0] not in _REMOVED]
    return kept + [header for header in _SET if header[0] not in given]
