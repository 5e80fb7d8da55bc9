"""Passwords: hashed as argon2id, checked a few at a time, and no kind of stored text is an error."""

import asyncio
import threading

import bcrypt
import pytest

from graphql_api.auth.passwords import AT_ONCE, Passwords

PASSWORD = "correct horse battery staple"


@pytest.fixture(scope="module")
def passwords() -> Passwords:
    return Passwords()


async def test_a_password_is_recognised(passwords: Passwords) -> None:
    stored = await passwords.hashed(PASSWORD)
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await passwords.verified(PASSWORD, stored)
    assert not await passwords.verified(PASSWORD + " ", stored)
    assert not passwords.outdated(stored)
    # Salted: the same one is stored otherwise each time.
    assert await passwords.hashed(PASSWORD) != stored


@pytest.mark.parametrize("password", ["", "\0", "a\0b", "ä" * 36, "\U0001f600" * 18, "x" * 1_000_000])
async def test_any_text_is_a_password(passwords: Passwords, password: str) -> None:
    stored = await passwords.hashed(password)
    assert await passwords.verified(password, stored)
    assert not await passwords.verified(password + "\0", stored)


@pytest.mark.parametrize("prefix", [b"2a", b"2b"])
async def test_bcrypt_is_believed_and_outdated(passwords: Passwords, prefix: bytes) -> None:
    stored = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4, prefix)).decode()
    assert await passwords.verified(PASSWORD, stored)
    assert not await passwords.verified("wrong", stored)
    assert passwords.outdated(stored)


async def test_bcrypt_is_asked_of_no_more_than_it_reads(passwords: Passwords) -> None:
    stored = bcrypt.hashpw(b"x" * 72, bcrypt.gensalt(4)).decode()
    assert await passwords.verified("x" * 72, stored)
    assert not await passwords.verified("x" * 73, stored)


async def test_weaker_parameters_are_outdated(passwords: Passwords) -> None:
    assert passwords.outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$jyLl5xxDVlE")


@pytest.mark.parametrize(
    "stored", ["", "x", PASSWORD, "$1$old$md5", "$2b$04$short", "$argon2id$", "\0", "$argon2id$v=19$m=8"]
)
async def test_other_texts_are_nobodys_hash(passwords: Passwords, stored: str) -> None:
    assert not await passwords.verified(PASSWORD, stored)


@pytest.mark.parametrize("password", ["", PASSWORD, "\ud800"])
async def test_nobody_has_no_password(passwords: Passwords, password: str) -> None:
    assert not await passwords.verified(password, None)


async def test_only_a_few_are_hashed_at_once() -> None:
    """Also when those who wait hang up: what is begun goes on without them, and holds its place."""
    passwords = Passwords()
    before = set(threading.enumerate())
    waiting = [asyncio.ensure_future(passwords.hashed(PASSWORD)) for _ in range(12)]
    await asyncio.sleep(0)
    for task in waiting[:8]:
        task.cancel()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(stored, str) for stored in found] == [False] * 8 + [True] * 4
    own = [thread for thread in set(threading.enumerate()) - before if thread.name.startswith("passwords")]
    assert len(own) == AT_ONCE
