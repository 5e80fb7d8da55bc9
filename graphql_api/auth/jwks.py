"""Keeps the identity provider's public keys: loads them, renews them, and asks again for one it does not know."""

import asyncio
import math
import time
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx
import orjson
import structlog
from jwt import PyJWK, PyJWTError

from graphql_api.auth.errors import InvalidToken, KeysUnavailable

FETCH_SECONDS = 3.0
"""Seconds in which the whole set must arrive: a request waits for it."""

JWKS_BYTES = 256 * 1024
"""Bytes of a set. Providers publish two to ten keys of half a kilobyte."""

FRESH_SECONDS = 600.0
"""Seconds for which a set is believed unasked: a key that the provider withdraws is refused after them."""

STALE_SECONDS = 24 * 3600.0
"""Seconds for which a set is still used while the provider does not answer."""

COOL_DOWN_SECONDS = 30.0
"""Least seconds between two loads: anybody can send a key id that nobody knows, and each would cost a load."""

RETRY_SECONDS = 5.0
"""Least seconds between two loads while there is no key at all and everybody with a token is turned away."""

KeyAlgorithm = Literal["RS256", "ES256"]

_SHAPES: dict[KeyAlgorithm, dict[str, str]] = {"RS256": {"kty": "RSA"}, "ES256": {"kty": "EC", "crv": "P-256"}}

log = structlog.get_logger(__name__)


class KeySet:
    """The keys of one JWKS, an https URL (http for loopback) or a file; `clock` gives seconds that never go back.

    A `source` that is neither raises `ValueError`. Nothing is loaded before the first `find`.
    """

    def __init__(self, source: str, algorithm: KeyAlgorithm, clock: Callable[[], float] = time.monotonic) -> None:
        _check_source(source)
        self._source = source
        self._algorithm = algorithm
        self._clock = clock
        self._keys: tuple[PyJWK, ...] = ()
        self._loaded_at = -math.inf
        self._tried_at = -math.inf
        self._refreshing: asyncio.Task[None] | None = None

    async def find(self, kid: str | None) -> PyJWK:
        """Return the key of this id, or the only key for a token without one.

        Raises `InvalidToken` when there is no such key, or more than one, and `KeysUnavailable` without any keys.
        """
        key = self._pick(kid)
        if key is None or not self._settled():
            await self._refresh()
            key = self._pick(kid)
        if key is not None:
            return key
        if not self._held():
            raise KeysUnavailable
        raise InvalidToken("key")

    def _held(self) -> tuple[PyJWK, ...]:
        return self._keys if self._clock() - self._loaded_at < STALE_SECONDS else ()

    def _pick(self, kid: str | None) -> PyJWK | None:
        matching = [key for key in self._held() if kid is None or key.key_id == kid]
        return matching[0] if len(matching) == 1 else None

    def _settled(self) -> bool:
        # While one caller waits for new keys, the others go on with those at hand: a provider that hangs delays one.
        renewing = self._refreshing is not None and not self._refreshing.done()
        return renewing or self._clock() - self._loaded_at < FRESH_SECONDS

    async def _refresh(self) -> None:
        """Load the set again unless that was tried just now; callers at the same time share one load."""
        if self._refreshing is None or self._refreshing.done():
            pause = COOL_DOWN_SECONDS if self._held() else RETRY_SECONDS
            if self._clock() - self._tried_at < pause:
                return
            self._tried_at = self._clock()
            self._refreshing = asyncio.create_task(self._reload())
        # Shielded, and therefore a task and not a lock: a caller who leaves must not end the load that others wait for,
        # or whoever hangs up in time could keep a new key out for ever.
        await asyncio.shield(self._refreshing)

    async def _reload(self) -> None:
        try:
            self._keys = _usable_keys(await _read(self._source), self._algorithm)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            log.warning("signing keys not loaded", error=f"{type(error).__name__}: {error}", kept=len(self._held()))
        else:
            self._loaded_at = self._clock()


def _check_source(source: str) -> None:
    if "://" not in source:
        return
    url = urlsplit(source)
    if not url.hostname or not (url.scheme == "https" or (url.scheme == "http" and _is_loopback(url.hostname))):
        raise ValueError("AUTH_JWKS must be an https URL (http only for this machine's own address) or a file's path.")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


async def _read(source: str) -> bytes:
    document = await (_fetch(source) if "://" in source else asyncio.to_thread(_read_file, Path(source)))
    if len(document) > JWKS_BYTES:
        raise ValueError(f"the set has more than {JWKS_BYTES} bytes")
    return document


def _read_file(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(JWKS_BYTES + 1)


async def _fetch(url: str) -> bytes:
    """The body at the URL, cut off soon after the limit; redirects are not followed, for they may lead anywhere."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    client = httpx.AsyncClient(headers=headers, timeout=FETCH_SECONDS, follow_redirects=False)
    # httpx's own timeout starts anew with each piece; a provider that drips needs a deadline for the whole.
    async with asyncio.timeout(FETCH_SECONDS), client, client.stream("GET", url) as response:
        if response.status_code != 200:
            raise ValueError(f"the provider answered with status {response.status_code}")
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > JWKS_BYTES:
                break
        return bytes(body)


def _usable_keys(document: bytes, algorithm: KeyAlgorithm) -> tuple[PyJWK, ...]:
    """The keys in a JWKS for this algorithm, at least one; everything else in it is passed over (RFC 7517 §5)."""
    content = orjson.loads(document)
    entries = content.get("keys") if isinstance(content, dict) else None
    entries = entries if isinstance(entries, list) else []
    keys = tuple(key for entry in entries if (key := _public_key(entry, algorithm)) is not None)
    if not keys:
        raise ValueError(f"the set has no usable key for {algorithm}")
    return keys


def _public_key(entry: Any, algorithm: KeyAlgorithm) -> PyJWK | None:
    if not isinstance(entry, dict) or not _is_meant_for(entry, algorithm):
        return None
    try:
        key = PyJWK(entry, algorithm)
    except PyJWTError:
        return None
    too_short = key.Algorithm.check_key_length(key.key) is not None
    return None if too_short else key


def _is_meant_for(entry: dict[str, Any], algorithm: KeyAlgorithm) -> bool:
    return (
        all(entry.get(member) == value for member, value in _SHAPES[algorithm].items())
        and entry.get("alg") in (None, algorithm)
        and entry.get("use") in (None, "sig")
        and entry.get("key_ops") in (None, ["verify"])
        # A private key in public is nobody's any more.
        and "d" not in entry
    )
