"""Finds the document that a request means, by its text, its hash or its id, and lets through what the server trusts."""

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Generic, Literal, TypeVar

import structlog
from graphql import GraphQLError

from graphql_api.errors import Rejected, coded
from graphql_api.limits import KEPT_BYTES, PREPARED_BYTES, REFUSED_BYTES, UNTRUSTED_NOTED, UNTRUSTED_SECONDS
from graphql_api.operations.manifest import SHA256_PREFIX, ManifestError, bare
from graphql_api.operations.shelf import Shelf

log = structlog.get_logger(__name__)

T = TypeVar("T", bound=Mapping[str | None, object])

TrustMode = Literal["off", "log", "prefer", "only"]
IdField = Literal["documentId", "doc_id"]
HashField = Literal["extensions.persistedQuery.sha256Hash"]

SHA256_HASH: HashField = "extensions.persistedQuery.sha256Hash"

_SHA256_HEX = re.compile(r"[0-9a-f]{64}")
_NAMES_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document that a request names in `field`; `text` is there when the request sends it as well."""

    name: str
    field: IdField | HashField
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """Which documents the server runs.

    `manifest` holds the trusted texts by id. `off` serves no ids. `log` and `prefer` serve ids and any text; `log`
    names the texts that are not trusted in the log, and `prefer` lets nobody register them. `only` runs nothing but
    trusted documents. `automatic` says whether clients may register texts by their hashes.
    """

    mode: TrustMode = "off"
    automatic: bool = True
    manifest: Mapping[str, str] = field(default_factory=dict)


class Documents(Generic[T]):
    """The documents of one schema, as `build` makes them of a text and its size in bytes; it raises `Rejected`.

    `build_trusted` makes those of the manifest, which are kept for ever. Raises `ManifestError` for one that is wrong.
    """

    def __init__(self, trust: Trust, build: Callable[[str, int], T], build_trusted: Callable[[str, int], T]) -> None:
        self.prepared: Shelf[T] = Shelf(PREPARED_BYTES)
        self.refused: Shelf[list[GraphQLError]] = Shelf(REFUSED_BYTES)
        self._mode = trust.mode
        self._automatic = trust.automatic
        self._registers = trust.automatic and trust.mode in {"off", "log"}
        self._build = build
        self._untrusted = _Untrusted()
        served = {} if trust.mode == "off" else trust.manifest
        self._texts = {text: _trusted(key, text, build_trusted) for key, text in served.items()}
        hashes = {_sha256(text): (text, document) for text, document in self._texts.items()}
        self._names = hashes | {bare(key): (text, self._texts[text]) for key, text in served.items()}

    def find(self, asked: str | NamedDocument) -> T:
        """Return the document; raises `Rejected` for one that is wrong, not known here, or not to be run."""
        return self._sent(asked) if isinstance(asked, str) else self._named(asked)

    def _sent(self, text: str) -> T:
        found = self._texts.get(text)
        if found is None:
            found = self.prepared.find(text)
        return self._read(text) if found is None else found

    def _named(self, asked: NamedDocument) -> T:
        found = self._names.get(bare(asked.name))
        if found is None and asked.field == SHA256_HASH:
            found = self.prepared.named(asked.name)
        if found is None:
            return self._unknown(asked)
        text, document = found
        if asked.text is not None and asked.text != text:
            raise _mismatch()
        return document

    def _unknown(self, asked: NamedDocument) -> T:
        if self._mode == "only":
            raise _not_trusted()
        if asked.field != SHA256_HASH:
            raise _unknown_id(asked)
        if not self._automatic:
            raise not_supported("Nothing is registered here; send the whole document in `query`.")
        if not _SHA256_HEX.fullmatch(asked.name):
            raise _wrong_hash()
        if asked.text is None:
            raise _not_found()
        return self._register(asked.name, asked.text)

    def _register(self, name: str, text: str) -> T:
        if _sha256(text) != name:
            raise _mismatch()
        document = self._sent(text)
        if self._registers:
            self.prepared.name(text, name)
        return document

    def _read(self, text: str) -> T:
        if self._mode == "only":
            raise _not_trusted()
        if refused := self.refused.find(text):
            raise Rejected(refused)
        size = len(text.encode())
        try:
            document = self._build(text, size)
        except Rejected as refusal:
            self.refused.keep(text, size + KEPT_BYTES, refusal.errors)
            raise
        self.prepared.keep(text, size + KEPT_BYTES, document)
        if self._mode == "log":
            self._untrusted.note(text, document)
        return document


class _Untrusted:
    """Logs documents that are not trusted: each once a period, and a limited number of them."""

    def __init__(self) -> None:
        self._noted: set[str] = set()
        self._began = monotonic()

    def note(self, text: str, names: Iterable[str | None]) -> None:
        if monotonic() - self._began > UNTRUSTED_SECONDS:
            self._noted, self._began = set(), monotonic()
        sha256 = _sha256(text)
        if sha256 not in self._noted and len(self._noted) < UNTRUSTED_NOTED:
            self._noted.add(sha256)
            shown = ", ".join(name or "" for name in names)[:_NAMES_CHARACTERS]
            log.warning("document not trusted", sha256=sha256, operations=shown)


def not_supported(reason: str) -> Rejected:
    """Return the refusal after which clients stop sending hashes. What to do stands in `extensions.reason`."""
    return _told("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported", reason)


def _not_found() -> Rejected:
    return _told("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound", "Send the hash again together with `query`.")


def _told(code: str, word: str, reason: str) -> Rejected:
    # Clients compare the message with these very words, and some only read answers of status 200.
    return Rejected([coded(code, word, reason=reason)], 200)


def _mismatch() -> Rejected:
    reason = f"`query` is another document than `{SHA256_HASH}` says; send the SHA-256 of `query`, or `query` alone."
    return Rejected([coded("BAD_REQUEST", "provided sha does not match query", reason=reason)])


def _wrong_hash() -> Rejected:
    message = f"`{SHA256_HASH}` must be 64 hexadecimal digits in lower case, the SHA-256 of the document."
    return Rejected([coded("BAD_REQUEST", message)])


def _unknown_id(asked: NamedDocument) -> Rejected:
    if asked.name.startswith(SHA256_PREFIX) and not _SHA256_HEX.fullmatch(bare(asked.name)):
        message = f"`{asked.field}` must have 64 hexadecimal digits in lower case after `{SHA256_PREFIX}`."
        return Rejected([coded("BAD_REQUEST", message)])
    message = f"`{asked.field}` names no document of this server; send the whole document in `query`."
    return Rejected([coded("DOCUMENT_NOT_FOUND", message)])


def _not_trusted() -> Rejected:
    message = "Only trusted documents are run here; send `documentId` of one, or exactly its text in `query`."
    return Rejected([coded("DOCUMENT_NOT_TRUSTED", message)])


def _trusted(key: str, text: str, build: Callable[[str, int], T]) -> T:
    try:
        return build(text, len(text.encode()))
    except Rejected as refusal:
        raise ManifestError(f"document {key!r} cannot be served: {refusal.errors[0].message}") from refusal


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
