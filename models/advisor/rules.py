"""The rules that several tables of the advisor chat share."""

from dataclasses import dataclass

from models.actor import Actor, ActorKind
from models.policy import EVERYTHING, NOTHING, Filter, Owner, RowData, Rule

PRODUCT = "advisor"

OWNER = Owner("userId", PRODUCT)
"""Every row below a conversation carries its owner's id, so that no rule has to look at the conversation."""


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


BILLING = NamedService("billing")
"""Learns from the payment provider who has paid for what."""

ANSWERING = NamedService("answering")
"""Writes advisors' answers, from what it may read for that: messages, memories, summaries, personas."""
