"""Reads JSON strictly: what orjson would read loosely (repeated keys, integers beyond 64 bits) is an error."""

import re
from typing import Any

import orjson

from graphql_api.http.refusal import bad_request
from graphql_api.limits import JSON_DEPTH, JSON_VALUES, LIST_ARGUMENT_ITEMS

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_DIGITS_ALIKE = bytes.maketrans(b"123456789", b"000000000")
_MANY_DIGITS = b"0" * 19
_LONG_INTEGER = re.compile(rb"-?\d{19,}(?![\d.eE])")


def read_json(raw: bytes, what: str) -> Any:
    """Return the value of a JSON text in strict UTF-8; `what` names the text in messages.

    Raises `HttpRefusal` (400) for anything else: other encodings, NaN, lone surrogates, a key given twice, integers
    beyond 64 bits, more levels or values than the limits.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise bad_request(f"{what} is not valid JSON in UTF-8: {error.msg} (byte {error.pos}).") from error
    if not _plain(raw, value):
        _check(raw, value, what)
    return value


def _plain(raw: bytes, value: Any) -> bool:
    """Whether the text surely breaks no rule, told without looking at each value; most texts are plain.

    Each level begins with a bracket, and each item of a list but the first with a comma. What orjson writes again byte
    for byte it has read without loss: no key was overwritten and no integer rounded. Of the integers beyond 64 bits
    it reads some without loss, but those have 19 digits or more.
    """
    return (
        raw.count(b"{") + raw.count(b"[") < JSON_DEPTH
        and raw.count(b",") < LIST_ARGUMENT_ITEMS
        and _MANY_DIGITS not in raw.translate(_DIGITS_ALIKE)
        and orjson.dumps(value) == raw
    )


def _check(raw: bytes, value: Any, what: str) -> None:
    outside = _STRING.sub(b"", raw)
    _check_integers(outside, what)
    # Outside strings each colon stands for one key, so a key that was overwritten by its twin is missing here.
    if _Count(what).keys(value, 1) != outside.count(b":"):
        raise bad_request(f"{what} gives a key twice in one object; give each key once.")


def _check_integers(outside: bytes, what: str) -> None:
    for match in _LONG_INTEGER.finditer(outside):
        digits = match.group()
        # orjson reads larger ones as floats, which would change the number silently.
        if len(digits) > 20 or not -(2**63) <= int(digits) < 2**63:
            raise bad_request(f"{what} has an integer beyond 64 bits; send such numbers as strings.")


class _Count:
    """Counts the keys of a value while holding its depth, lists and number of values to the limits."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.values = 0

    def keys(self, value: Any, depth: int) -> int:
        self.values += 1
        if depth > JSON_DEPTH or self.values > JSON_VALUES:
            raise bad_request(
                f"{self.what} has more than {JSON_DEPTH} levels or {JSON_VALUES} values; send less at once."
            )
        if isinstance(value, dict):
            return len(value) + sum(self.keys(child, depth + 1) for child in value.values())
        if isinstance(value, list):
            return self.items(value, depth)
        return 0

    def items(self, value: list[Any], depth: int) -> int:
        if len(value) > LIST_ARGUMENT_ITEMS:
            raise bad_request(f"{self.what} has a list of more than {LIST_ARGUMENT_ITEMS} items; send fewer at once.")
        return sum(self.keys(child, depth + 1) for child in value)
