"""Chooses the media type of the answer from `Accept`, by its q-values."""

from functools import lru_cache
from typing import Literal

from graphql_api.http.refusal import HttpRefusal

Media = Literal["application/json", "application/graphql-response+json", "text/html"]

JSON: Media = "application/json"
GRAPHQL: Media = "application/graphql-response+json"
HTML: Media = "text/html"

KEPT = 256
"""Different `Accept` headers whose outcome is kept: an app sends one or two, browsers a few more."""

KEPT_CHARACTERS = 256
"""Characters of a header whose outcome is kept; browsers send up to 150."""


def parsed_media(text: str) -> tuple[str, dict[str, str]]:
    """Return a media type in lower case and its parameters by lower-case name, quotes removed."""
    media, *rest = text.split(";")
    parameters = (part.partition("=") for part in rest)
    return media.strip().lower(), {
        name.strip().lower(): value.strip().strip('"') for name, equals, value in parameters if equals
    }


def negotiated(accept: str | None, *, page: bool) -> Media:
    """Return the type to answer with; `page` says whether the HTML page is on offer.

    Without a preference this is `application/json`, as the specification says for clients older than itself. Of equals
    the type that is named goes before one that a wildcard covers, and `application/graphql-response+json` before
    `application/json`. Raises `HttpRefusal` (406) where nothing fits.
    """
    if accept is None or len(accept) > KEPT_CHARACTERS:
        return JSON if accept is None else _chosen(accept, page)
    return _kept(accept, page)


def _chosen(accept: str, page: bool) -> Media:
    if not accept.strip():
        return JSON
    ranges = _ranges(accept)
    offers = (JSON, GRAPHQL, HTML) if page else (JSON, GRAPHQL)
    quality, *_, media = max(_rank(offer, order, ranges) for order, offer in enumerate(offers))
    if quality <= 0:
        message = f"`Accept` must allow {GRAPHQL} or {JSON}."
        raise HttpRefusal(406, "NOT_ACCEPTABLE", message)
    return media


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
        quality = _quality(parameters.get("q", "1"))
        ranges[media] = max(quality, ranges.get(media, 0.0))
    return ranges


def _quality(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        return 0.0
    return value if 0 <= value <= 1 else 0.0
