"""What those who sign in need of the server around the resolvers: tokens, passwords, and budgets against guessing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Budget(StrEnum):
    """What may be tried only so often in a time; how often, the server's page of limits says."""

    PORTAL_OF_ADDRESS = "sign-ins to portals from one address"
    PORTAL_OF_PREFIX = "sign-ins to portals with codes that begin alike"
    PASSWORD_OF_ADDRESS = "sign-ins with a password from one address"  # noqa: S105  # words for people
    SECRET_OF_ADDRESS = "uses of mailed secrets from one address"  # noqa: S105  # as above
    MAIL_OF_ADDRESS = "mails asked for from one address"
    MAIL_OF_ADDRESSEE = "mails to one addressee"
    VIEWS_OF_ADDRESS = "views told from one address"
    OFFERS_OF_BUYER = "offers of one buyer"
    QUESTIONS_OF_CHAT = "questions in one chat"


@dataclass(frozen=True, slots=True)
class Token:
    """A token that the server gives; `expiresAt` in Unix milliseconds."""

    text: str
    expiresAt: int


class Gate(Protocol):
    """See `graphql_api.auth.gate`."""

    def token(self, subject: str, seconds: int, /) -> Token:
        """Return a token of the server's own for the subject, good for so many seconds."""

    async def spend(self, budget: Budget, key: str, /) -> None:
        """Count one attempt. Raises RATE_LIMITED when there were too many, which says when to try again."""

    def link(self, path: str, secret: str, /) -> str:
        """Return the address of a page of the web application that takes a mailed secret."""

    async def hashed(self, password: str, /) -> str:
        """Return what is stored of a password."""

    async def verified(self, password: str, stored: str | None, /) -> bool:
        """Return whether it is the password; takes as long for nobody's (None) as for somebody's."""

    def outdated(self, stored: str, /) -> bool:
        """Return whether a password is to be stored anew, in the way of today."""
