"""The gate: what the server gives to mutations by which somebody signs in."""

from dataclasses import dataclass, field

from graphql_api.auth.budgets import Budgets
from graphql_api.auth.own_tokens import OwnTokens
from graphql_api.auth.passwords import Passwords
from graphql_api.limits import BUDGETS
from resolvers.gate import Budget, Token


@dataclass(frozen=True, slots=True)
class OpenGate:
    """See `resolvers.gate.Gate`. The web application is at `web`, an address without a slash at its end."""

    tokens: OwnTokens
    web: str
    budgets: Budgets = field(default_factory=lambda: Budgets(BUDGETS))
    passwords: Passwords = field(default_factory=Passwords)

    def token(self, subject: str, seconds: int) -> Token:
        """Return a token of the server's own for the subject, good for so many seconds."""
        return self.tokens.give(subject, seconds)

    async def spend(self, budget: Budget, key: str) -> None:
        """Count one attempt. Raises RATE_LIMITED when there were too many."""
        await self.budgets.spend(budget, key)

    def link(self, path: str, secret: str) -> str:
        """Return the address of a page of the web application that takes a mailed secret."""
        # Behind '#', which browsers send to nobody: neither logs nor referrers have it.
        return f"{self.web}/{path}#{secret}"

    async def hashed(self, password: str) -> str:
        """Return what is stored of a password."""
        return await self.passwords.hashed(password)

    async def verified(self, password: str, stored: str | None) -> bool:
        """Return whether it is the password; takes as long for nobody's (None) as for somebody's."""
        return await self.passwords.verified(password, stored)

    def outdated(self, stored: str) -> bool:
        """Return whether a password is to be stored anew, in the way of today."""
        return self.passwords.outdated(stored)
