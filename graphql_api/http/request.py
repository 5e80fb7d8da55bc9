"""The envelope of a GraphQL request: read from a JSON body or from a URL, checked, and frozen."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from graphql_api.http.json_text import read_json
from graphql_api.http.refusal import HttpRefusal, bad_request
from graphql_api.limits import URL_BYTES

PARAMETERS = ("query", "operationName", "variables", "extensions")


@dataclass(frozen=True, slots=True)
class GraphQLRequest:
    """The four parameters of a GraphQL-over-HTTP request; null and absent are the same."""

    query: str
    operationName: str | None = None
    variables: dict[str, Any] | None = None
    extensions: dict[str, Any] | None = None


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


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise bad_request("The URL's query must be percent-encoded UTF-8 with at most 100 parameters.") from error


def _request(envelope: dict[str, Any]) -> GraphQLRequest:
    query = envelope.get("query")
    if query is None:
        raise bad_request("`query` is missing; send the document as a string.")
    operation_name = _typed(envelope, "operationName", str, "a string")
    return GraphQLRequest(
        query=_typed(envelope, "query", str, "a string"),
        operationName=operation_name or None,
        variables=_typed(envelope, "variables", dict, "an object"),
        extensions=_typed(envelope, "extensions", dict, "an object"),
    )


def _typed(envelope: dict[str, Any], name: str, kind: type, noun: str) -> Any:
    value = envelope.get(name)
    if value is not None and not isinstance(value, kind):
        raise bad_request(f"`{name}` must be {noun}.")
    return value
