"""Tells whether the page that opens a socket may: browsers let any page try, and send along whose it is."""

from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}


def admits(origin: str | None, hosts: Sequence[str], allowed: Collection[str]) -> bool:
    """Whether a page of this origin may: one of the same host, one that is allowed, and no page at all.

    `hosts` are the values of the header `Host`. The scheme is not compared: before a proxy it is often another one.
    """
    if origin is None or origin in allowed:
        return True
    try:
        page, own = urlsplit(origin), urlsplit(f"//{hosts[0]}" if len(hosts) == 1 else "")
        default = _PORTS.get(page.scheme)
        same = (page.hostname, page.port or default) == (own.hostname, own.port or default)
    except ValueError:
        return False
    return same and default is not None
