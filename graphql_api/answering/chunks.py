"""Reads the chunks of a streamed chat completion, of which no two endpoints send quite the same."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql_api.answering.responder import Broken

DONE = "[DONE]"
"""What ends a stream."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one event says: some text, what all has cost, whether the answer is whole."""

    text: str = ""
    tokens: int | None = None
    ended: bool = False


def read(data: str) -> Chunk:
    """The chunk of an event. Raises `Broken` for what is none, and for an error that the endpoint tells."""
    try:
        # Not orjson, to which half a character is no JSON: some endpoints cut text between its two halves.
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Broken("the endpoint sends what is no JSON") from error
    if not isinstance(found, dict):
        raise Broken("the endpoint sends what is no chunk")
    if found.get("error"):
        raise Broken("the endpoint tells an error")
    choice = _first(found.get("choices"))
    delta = choice.get("delta")
    text = delta.get("content") if isinstance(delta, dict) else None
    return Chunk(
        text=text.replace("\0", "") if isinstance(text, str) else "",
        tokens=_tokens(found.get("usage")),
        ended=choice.get("finish_reason") is not None,
    )


def _first(choices: Any) -> Mapping[str, Any]:
    first = choices[0] if isinstance(choices, list) and choices else None
    return first if isinstance(first, dict) else {}


def _tokens(usage: Any) -> int | None:
    total = usage.get("total_tokens") if isinstance(usage, dict) else None
    return total if isinstance(total, int) and not isinstance(total, bool) and total >= 0 else None
