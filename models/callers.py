"""Rules about the caller alone: which trusted program it is, or whether it has a profile."""

from dataclasses import dataclass

from models.actor import Actor, ActorKind
from models.policy import EVERYTHING, NOTHING, Filter, RowData, Rule


@dataclass(frozen=True, slots=True)
class NamedService(Rule):
    """The caller is the trusted program of this name: all rows or none."""

    name: str

    def filter(self, actor: Actor) -> Filter:
        return EVERYTHING if self.admits(actor, {}) else NOTHING

    def admits(self, actor: Actor, row: RowData) -> bool:  # noqa: ARG002  # the caller alone decides
        return actor.kind is ActorKind.SERVICE and actor.name == f"service:{self.name}"

    @property
    def words(self) -> str:
        return f"service {self.name}"


@dataclass(frozen=True, slots=True)
class Has(Rule):
    """The caller has a profile of this name: all rows or none."""

    profile: str
    text: str

    def filter(self, actor: Actor) -> Filter:
        return EVERYTHING if self.profile in actor.profiles else NOTHING

    def admits(self, actor: Actor, row: RowData) -> bool:  # noqa: ARG002  # the caller alone decides
        return self.profile in actor.profiles

    @property
    def words(self) -> str:
        return self.text


ANSWERING = NamedService("answering")
"""Writes what advisors and the buyer chat answer, from what it may read for that."""
