"""The scopes that several lists of the advisor chat share."""

from models.actor import Actor
from models.advisor.rules import OWNER
from models.policy import Filter


def mine(actor: Actor) -> Filter:
    """The rows of the caller; none for who has no profile here."""
    return OWNER.filter(actor)
