"""Chooses the media type of the answer from `Accept`, by its q-values."""

from functools import lru_cache
from typing import Final, Literal, NamedTuple

from graphql_api.http.refusal import HttpRefusal

Stream = Literal["text/event-stream", "multipart/mixed"]
Media = Literal["application/json", "application/graphql-response+json", "text/html"] | Stream

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
HTML: Final = "text/html"
EVENTS: Final = "text/event-stream"
MULTIPART: Final = "multipart/mixed"

STREAMS: tuple[Stream, ...] = (EVENTS, MULTIPART)
"""Types that carry many results; of equals the first is chosen."""

SPECIFICATION = ("subscriptionspec", "1.0")
"""The parameter that tells Apollo's subscriptions from other things that `multipart/mixed` carries."""

KEPT = 256
"""Different `Accept` headers whose outcome is kept: an app sends one or two, browsers a few more."""

KEPT_CHARACTERS = 256
"""Characters of a header whose outcome is kept; browsers send up to 150."""


class Accepted(NamedTuple):
    """What a client accepts: the type for one result, and the one for many, None where it names none."""

    media: Media
    stream: Stream | None = None


def parsed_media(text: str) -> tuple[str, dict[str, str]]:
    """Return a media type in lower case and its parameters by lower-case name, quotes removed."""
    media, *rest = text.split(";")
    parameters = (part.partition("=") for part in rest)
    return media.strip().lower(), {
        name.strip().lower(): value.strip().strip('"') for name, equals, value in parameters if equals
    }


def negotiated(accept: str | None, *, page: bool) -> Accepted:
    """Return the types to answer with; `page` says whether the HTML page is on offer.

    Without a preference this is `application/json`, as the specification says for clients older than itself. Of equals
    the type that is named goes before one that a wildcard covers, `application/graphql-response+json` before
    `application/json`, and every type for one result before one for many, which nobody gets who does not name it.
    Raises `HttpRefusal` (406) where nothing fits.
    """
    if accept is None or len(accept) > KEPT_CHARACTERS:
        return Accepted(JSON) if accept is None else _chosen(accept, page)
    return _kept(accept, page)


def _chosen(accept: str, page: bool) -> Accepted:
    if not accept.strip():
        return Accepted(JSON)
    ranges = _ranges(accept)
    offers: tuple[Media, ...] = (JSON, GRAPHQL, HTML) if page else (JSON, GRAPHQL)
    quality, *_, media = max(_rank(offer, order, ranges) for order, offer in enumerate(offers))
    # The first of equals: `max` keeps it.
    stream: Stream = max(STREAMS, key=lambda offer: ranges.get(offer, 0.0))
    streamed = ranges.get(stream, 0.0)
    if max(quality, streamed) <= 0:
        message = f"`Accept` must allow {GRAPHQL}, {JSON}, {EVENTS} or {MULTIPART};subscriptionSpec=1.0."
        raise HttpRefusal(406, "NOT_ACCEPTABLE", message)
    return Accepted(stream if streamed > quality else media, stream if streamed > 0 else None)


_kept = lru_cache(KEPT)(_chosen)


def _rank(offer: Media, order: int, ranges: dict[str, float]) -> tuple[float, bool, int, Media]:
    kind = offer.split("/")[0]
    for pattern in (offer, f"{kind}/*", "*/*"):
        if pattern in ranges:
            named = pattern == offer
            # Clients that leave the choice to us may be old: they get the old type.
            return ranges[pattern], named, order if named else -order, offer
    return 0.0, False, 0, offer


def _ranges(accept: str) -> dict[str, float]:
    ranges: dict[str, float] = {}
    for part in accept.split(","):
        media, parameters = parsed_media(part)
        if media == MULTIPART and SPECIFICATION not in parameters.items():
            continue
        quality = _quality(parameters.get("q", "1"))
        ranges[media] = max(quality, ranges.get(media, 0.0))
    return ranges


def _quality(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0
