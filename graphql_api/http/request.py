"""The envelope of a GraphQL request: read from a JSON body or from a URL, checked, and frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from graphql_api.http.json_text import read_json
from graphql_api.http.refusal import HttpRefusal, bad_request
from graphql_api.limits import URL_BYTES
from graphql_api.operations.documents import SHA256_HASH, IdField, NamedDocument, not_supported

ID_FIELDS: Final[tuple[IdField, ...]] = ("documentId", "doc_id")
"""Where the id of a document stands: for GraphQL over HTTP, and for Relay."""

PARAMETERS = frozenset({"query", "operationName", "variables", "extensions", *ID_FIELDS})

PERSISTED_QUERY_VERSION = 1
"""The only version of Apollo's protocol that there is."""


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """A GraphQL-over-HTTP request: a document, by its text or by a name; null and absent are the same."""

    document: str | NamedDocument
    operationName: str | None = None
    variables: dict[str, Any] | None = None


def from_body(body: bytes) -> GraphQLRequest:
    """Return the request of a POST's body; raises `HttpRefusal` (400) for a body that is none."""
    envelope = read_json(body, "The body")
    if isinstance(envelope, list):
        raise HttpRefusal(400, "BATCHING_NOT_SERVED", "The body is a list; send one operation a request.")
    if not isinstance(envelope, dict):
        raise bad_request("The body must be a JSON object with the key `query`.")
    return _request(envelope)


def from_url(query_string: bytes) -> GraphQLRequest:
    """Return the request of a GET's query string; raises `HttpRefusal` (400 or 414)."""
    if len(query_string) > URL_BYTES:
        message = f"The URL's query has {len(query_string)} bytes, the limit is {URL_BYTES}; send it by POST."
        raise HttpRefusal(414, "URL_TOO_LONG", message)
    envelope: dict[str, Any] = {}
    for name, text in _pairs(query_string):
        if name in envelope:
            raise bad_request(f"The URL gives `{name}` twice; give it once.")
        # An empty parameter is how URLs spell one that is not there.
        if name in PARAMETERS and text:
            is_json = name in {"variables", "extensions"}
            envelope[name] = read_json(text.encode(), f"`{name}`") if is_json else text
    return _request(envelope)


def from_payload(payload: Mapping[str, Any]) -> GraphQLRequest:
    """Return the request of a socket's message; raises `HttpRefusal` (400) for one that is none."""
    return _request(dict(payload))


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise bad_request("The URL's query must be percent-encoded UTF-8 with at most 100 parameters.") from error


def _request(envelope: dict[str, Any]) -> GraphQLRequest:
    return GraphQLRequest(
        document=_document(envelope),
        operationName=_typed(envelope, "operationName", str, "a string") or None,
        variables=_typed(envelope, "variables", dict, "an object"),
    )


def _document(envelope: dict[str, Any]) -> str | NamedDocument:
    text: str | None = _typed(envelope, "query", str, "a string")
    extensions: dict[str, Any] | None = _typed(envelope, "extensions", dict, "an object")
    persisted = extensions.get("persistedQuery") if extensions else None
    for field in ID_FIELDS:
        if envelope.get(field) is not None:
            return _by_id(envelope, field, persisted)
    if persisted is not None:
        return _by_hash(persisted, text)
    if text is None:
        raise bad_request("`query` is missing; send the document as a string, or a known one's id in `documentId`.")
    return text


def _by_id(envelope: dict[str, Any], field: IdField, persisted: object) -> NamedDocument:
    others = [name for name in ("query", *ID_FIELDS) if name != field and envelope.get(name) is not None]
    if persisted is not None:
        others.append("extensions.persistedQuery")
    if others:
        raise bad_request(f"`{field}` and `{others[0]}` both choose a document; give one of them.")
    return NamedDocument(_typed(envelope, field, str, "a string"), field)


def _by_hash(persisted: object, text: str | None) -> NamedDocument:
    if not isinstance(persisted, dict):
        raise bad_request("`extensions.persistedQuery` must be an object.")
    if persisted.get("version") != PERSISTED_QUERY_VERSION:
        raise not_supported(f"`extensions.persistedQuery.version` must be {PERSISTED_QUERY_VERSION}.")
    name = persisted.get("sha256Hash")
    if not isinstance(name, str):
        raise bad_request(f"`{SHA256_HASH}` must be a string.")
    return NamedDocument(name, SHA256_HASH, text)


def _typed(envelope: dict[str, Any], name: str, kind: type, noun: str) -> Any:
    value = envelope.get(name)
    if value is not None and not isinstance(value, kind):
        raise bad_request(f"`{name}` must be {noun}.")
    return value
