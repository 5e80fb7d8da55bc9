"""A gate without clocks, salts and budgets: what it gives depends on what it is asked alone."""

from resolvers.gate import Budget, Token
from tests.equality.ids import FAR


class PlainGate:
    """See `resolvers.gate.Gate`."""

    def token(self, subject: str, seconds: int) -> Token:  # noqa: ARG002  # they are reckoned from now
        """Return a token that says whom it is for."""
        return Token(f"token of {subject}", FAR)

    async def spend(self, budget: Budget, key: str) -> None:
        """Let everything be tried as often as anybody likes."""

    def link(self, path: str, secret: str) -> str:
        """Return the address of a page of the web application that takes a mailed secret."""
        return f"https://web.example/{path}#{secret}"

    async def hashed(self, password: str) -> str:
        """Return the password itself."""
        return password

    async def verified(self, password: str, stored: str | None) -> bool:
        """Return whether it is the password."""
        return password == stored

    def outdated(self, stored: str) -> bool:  # noqa: ARG002  # the gate's promise
        """Return False: the way of today is the only one."""
        return False
