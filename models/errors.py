"""The one family of errors that a caller is meant to see, each with a stable code."""

from enum import StrEnum


class Code(StrEnum):
    """Why a request was refused. Clients branch on these; they are never renamed."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    FORBIDDEN = "FORBIDDEN"
    NOT_FOUND = "NOT_FOUND"
    INVALID = "INVALID"
    TOO_LONG = "TOO_LONG"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    CONFLICT = "CONFLICT"
    ALREADY_EXISTS = "ALREADY_EXISTS"
    STALE_VERSION = "STALE_VERSION"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    CAPACITY_REACHED = "CAPACITY_REACHED"
    WRONG_STATE = "WRONG_STATE"
    RATE_LIMITED = "RATE_LIMITED"
    PLAN_REQUIRED = "PLAN_REQUIRED"


SHUT_OUT = frozenset({Code.UNAUTHENTICATED, Code.FORBIDDEN})
"""Why somebody is not let in at all: the credential has ended, or its account is shut."""


class Refusal(Exception):
    """A request that cannot be granted: the caller's to mend, so it is shown as it is.

    `field` is the path of the input field at fault (`"input.title"` is `("title",)`), empty when none is.
    """

    def __init__(self, code: Code, message: str, *field: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field


def not_found(noun: str, *field: str) -> Refusal:
    """What is not there and what is not yours give the same answer, or ids become an oracle."""
    return Refusal(Code.NOT_FOUND, f"No such {noun}.", *field)
