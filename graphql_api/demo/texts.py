"""What the demo's people and advisors say, from the files beside this one."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

Exchange = tuple[str, str]
"""What the person says and what the advisor answers; words in braces are filled in."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A conversation's beginning, and what is kept of it."""

    title: str
    advisor: str
    summary: str
    memories: Mapping[str, Any]
    exchanges: tuple[Exchange, ...]


@cache
def advisors() -> tuple[dict[str, Any], ...]:
    """The advisors, the demo person's own at the end."""
    return tuple(_read("advisors.toml")["advisor"])


@cache
def teams() -> tuple[dict[str, Any], ...]:
    """The teams in their order."""
    return tuple(_read("teams.toml")["team"])


@cache
def topics() -> tuple[Topic, ...]:
    """What conversations are about."""
    return tuple(Topic(**{**found, "exchanges": _pairs(found["exchanges"])}) for found in _read("topics.toml")["topic"])


@cache
def followups(category: str) -> tuple[Exchange, ...]:
    """How conversations with advisors of the category go on."""
    found = _read("followups.toml")
    return _pairs([*found["category"].get(category, []), *found["any"]])


@cache
def second_opinions() -> tuple[Exchange, ...]:
    """Exchanges in which another advisor is called by `{name}`."""
    return _pairs(_read("followups.toml")["second"]["exchanges"])


@cache
def places() -> tuple[dict[str, Any], ...]:
    """The neighbourhoods in which homes are."""
    return tuple(_read("places.toml")["place"])


@cache
def homes() -> dict[str, Any]:
    """What homes are made of."""
    return _read("homes.toml")


@cache
def agents() -> tuple[dict[str, Any], ...]:
    """The agents that every size has."""
    return tuple(_read("agents.toml")["agent"])


@cache
def clients() -> dict[str, Any]:
    """Names of buyers and sellers, and what they say."""
    return _read("clients.toml")


@cache
def chats() -> dict[str, Any]:
    """What agents write down of buyers, and what these ask in chats."""
    return _read("chats.toml")


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text("utf-8"))


def _pairs(found: list[list[str]]) -> tuple[Exchange, ...]:
    return tuple((asked, answered) for asked, answered in found)
