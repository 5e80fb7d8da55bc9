"""The ways in that the demo's agents, buyers and sellers get: codes, links and passwords."""

import base64
from dataclasses import dataclass

from pwdlib.hashers.argon2 import Argon2Hasher

from graphql_api.demo import keys
from models.estate import codes

PASSWORD = "demo-agent-password"  # noqa: S105  # shown by `serve` to everybody who starts the demo
"""Of each agent who signs in with one."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Where they are `known`, codes, links and the password are the same in each run, so that `serve` can print them.

    That is no risk on the bundled database, which holds nothing but the demo and listens on this machine alone; on any
    other one whoever reads this file would be let in. So there codes and links are random, and nobody has a password.
    """

    known: bool

    def portal(self, kind: str, *words: str) -> str:
        """The code of the portal that belongs to these words; `kind` is its first letter."""
        if not self.known:
            return codes.portal_code(kind)
        letters = keys.chance("portal", kind, *words).choices(codes.LETTERS, k=codes.SESSION_LETTERS)
        found = codes.typed(kind + "".join(letters), kind)
        assert found is not None  # noqa: S101  # it has the length and the letters of one
        return found

    def link(self, *words: str) -> str:
        """The secret of a chat's link."""
        if not self.known:
            return codes.secret()
        return base64.urlsafe_b64encode(keys.chance("link", *words).randbytes(codes.SECRET_BYTES)).decode().rstrip("=")

    def password_hash(self, *words: str) -> str | None:
        """What is stored of an agent's password; None where there is none."""
        if not self.known:
            return None
        return Argon2Hasher().hash(PASSWORD, salt=keys.chance("salt", *words).randbytes(16))


def invite_code(*words: str) -> str:
    """An agent's invite code: no secret, so that it is the same in each run."""
    return "".join(keys.chance("invite", *words).choices(codes.LETTERS, k=codes.INVITE_LETTERS))
