"""The quick look at a JSON text and the long one come to the same end."""

from typing import Any

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from graphql_api.http import json_text
from graphql_api.http.json_text import read_json
from graphql_api.http.refusal import HttpRefusal
from graphql_api.limits import JSON_DEPTH, LIST_ARGUMENT_ITEMS

SPACES = st.sampled_from([b"", b"", b"", b" ", b"\n\t"])
EDGES = [2**63 - 1, 2**63, 2**64 - 1, 2**64, -(2**63), -(2**63) - 1, 10**18, 10**19, 10**40]
NUMBERS = st.integers() | st.sampled_from(EDGES)
FLOATS = st.sampled_from([b"1.0", b"1e22", b"-0", b"-0.0", b"0.10", b"1E5", b"12345678901234567890.5", b"1e400"])
TEXTS = st.text(alphabet='ab1:{}[],"\\/\n\x7fé🙂', max_size=6) | st.sampled_from(["1" * 19, "1" * 30])
QUOTED = TEXTS.map(orjson.dumps) | st.sampled_from([rb'"\u0061"', rb'"\/"', rb'"\ud83d\ude42"', b'"\\u000a"'])
SCALARS = st.sampled_from([b"null", b"true", b"false"]) | NUMBERS.map(lambda number: b"%d" % number) | FLOATS | QUOTED


def _list(items: list[bytes], space: bytes) -> bytes:
    return b"[" + (b"," + space).join(items) + b"]"


def _object(pairs: list[tuple[bytes, bytes]], space: bytes) -> bytes:
    return b"{" + (b"," + space).join(key + space + b":" + space + value for key, value in pairs) + b"}"


def _nested(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    pairs = st.lists(st.tuples(QUOTED, inner), max_size=4)
    return st.builds(_list, st.lists(inner, max_size=4), SPACES) | st.builds(_object, pairs, SPACES)


DOCUMENTS = st.recursive(SCALARS, _nested, max_leaves=12)


def outcome(raw: bytes) -> Any:
    """The value of a text as it would be written again, or why it is refused."""
    try:
        return orjson.dumps(read_json(raw, "The body"))
    except HttpRefusal as refusal:
        return refusal.message


def slowly(raw: bytes) -> Any:
    """The same by the long look alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_text, "_plain", lambda raw, value: False)
        return outcome(raw)


@settings(max_examples=1500, deadline=None)
@given(DOCUMENTS)
@example(b'{"a":1,"a":1}')
@example(b'{"a":9223372036854775808}')
@example(b'{"a":18446744073709551615}')
@example(b'{"a":-9223372036854775809}')
@example(b'{"a":"9223372036854775808"}')
def test_both_looks_agree(raw: bytes) -> None:
    assert outcome(raw) == slowly(raw)


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
@pytest.mark.parametrize("levels", [JSON_DEPTH - 2, JSON_DEPTH - 1, JSON_DEPTH, JSON_DEPTH + 1])
def test_both_looks_agree_on_the_depth(opening: bytes, levels: int) -> None:
    closing = b"]" if opening == b"[" else b"}"
    for inner in (b"1", opening + closing if opening == b"[" else b"{}"):
        raw = opening * levels + inner + closing * levels
        assert outcome(raw) == slowly(raw)
        depth = levels + 1
        assert outcome(raw) == (
            raw
            if depth <= JSON_DEPTH
            else f"The body has more than {JSON_DEPTH} levels or 20000 values; send less at once."
        )


@pytest.mark.parametrize("items", [LIST_ARGUMENT_ITEMS - 1, LIST_ARGUMENT_ITEMS, LIST_ARGUMENT_ITEMS + 1])
def test_both_looks_agree_on_the_length(items: int) -> None:
    raw = b"[" + b",".join([b"1"] * items) + b"]"
    assert outcome(raw) == slowly(raw)
    refused = f"The body has a list of more than {LIST_ARGUMENT_ITEMS} items; send fewer at once."
    assert outcome(raw) == (raw if items <= LIST_ARGUMENT_ITEMS else refused)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"query":"{ viewer { kind } }","variables":{"id":"aMsg","first":20,"where":{"a":[1,2]}}}',
        '{"query":"{ a(b: \\"ü\\") }"}'.encode(),
    ],
)
def test_what_clients_send_needs_no_long_look(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_text, "_check", lambda *_: pytest.fail("looked at each value"))
    assert outcome(raw) == raw
