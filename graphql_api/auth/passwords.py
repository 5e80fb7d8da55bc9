"""Passwords: stored as argon2id, checked beside the event loop, a few at a time."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.exceptions import PwdlibError
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

T = TypeVar("T")

AT_ONCE = 2
"""Passwords that are hashed at the same time: each takes 64 MiB and a core for a twentieth of a second."""


class Passwords:
    """Hashes and verifies. Hashes of bcrypt, as other systems export them, are believed and told to be outdated."""

    def __init__(self) -> None:
        self._argon2 = Argon2Hasher()
        self._hash = PasswordHash((self._argon2, BcryptHasher()))
        # Threads of their own: whoever hangs up leaves his thread at work, and no other work waits behind passwords.
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")

    async def hashed(self, password: str) -> str:
        """Return what is stored of a password."""
        return await self._beside(self._hash.hash, password)

    async def verified(self, password: str, stored: str | None) -> bool:
        """Return whether it is the password; takes as long for nobody's (None) as for somebody's."""
        return await self._beside(self._verify, password, stored)

    def outdated(self, stored: str) -> bool:
        """Return whether it is to be hashed anew: by bcrypt, or by argon2 with other parameters than today's."""
        return not self._argon2.identify(stored) or self._argon2.check_needs_rehash(stored)

    async def _beside(self, work: Callable[..., T], *given: str | None) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)

    @cached_property
    def _nobodys(self) -> str:
        """Whoever has no password is asked for this one, which nobody knows, so that it takes as long."""
        return self._hash.hash(secrets.token_bytes(32))

    def _verify(self, password: str, stored: str | None) -> bool:
        # Made when the first password is asked for, be it somebody's or nobody's: a start need not wait for it.
        nobodys = self._nobodys
        try:
            return self._hash.verify(password, stored or nobodys) and stored is not None
        except (PwdlibError, ValueError):
            # A hash of no kind we know, or more bytes than bcrypt has ever read: nobody's password.
            return False
