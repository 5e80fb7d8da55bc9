"""The standing of a caller on a long connection, by the words of an authority that says what it is told to."""

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from graphql_api import standing
from graphql_api.operations.prepare import PreparedOperation
from graphql_api.standing import Lost, Standing
from models.errors import Code, Refusal
from tests.models.store.listening import until


@dataclass
class Says:
    """An authority; `words` are the actors or errors that it answers with, the last of them for ever."""

    words: list[Any]
    expires: float | None = None
    asked: int = 0
    told: list[Callable[[], None]] = field(default_factory=list)

    def principal(self, caller: str) -> str | None:
        """Return the caller without his token."""
        return caller.split("-")[0] or None

    def expiry(self, _: str) -> float | None:
        """Return when the token ends."""
        return self.expires

    async def admitted(self, caller: str) -> Any:
        """Return the actor."""
        return await self.again(caller, None)

    async def again(self, _caller: str, _: PreparedOperation | None) -> Any:
        """Return the actor."""
        self.asked += 1
        word = self.words.pop(0) if len(self.words) > 1 else self.words[0]
        if isinstance(word, Exception):
            raise word
        return word

    def watch(self, _: Any, told: Callable[[], None]) -> Callable[[], None]:
        """Remember whom to tell."""
        self.told.append(told)
        return lambda: self.told.remove(told)


@dataclass
class Context:
    """What an operation knows of its actor."""

    actor: Any
    news: list[Any] = field(default_factory=list)

    def doubt(self) -> None:
        """Note the doubt."""
        self.news.append("doubt")

    def renew(self, actor: Any) -> None:
        """Note who he is."""
        self.news.append(actor)


OPERATION: Any = "an operation"


@pytest.fixture
def kept() -> Iterator[Callable[[Lost], None]]:
    """Fails the test whose caller loses his standing."""
    lost: list[Lost] = []
    yield lost.append
    assert lost == []


async def test_a_doubt_ends_with_the_answer(monkeypatch: pytest.MonkeyPatch, kept: Callable[[Lost], None]) -> None:
    """Also when the database has to be asked again, and when nothing has changed."""
    monkeypatch.setattr(standing, "STANDING_RETRY_SECONDS", 0.01)
    says, context = Says(["ann", ConnectionError(), "annie"]), Context("ann")
    stands = Standing(says, "ann", kept)
    with stands.following(OPERATION, context):
        await until(lambda: says.asked == 1)
        assert context.news == []
        says.told[0]()
        assert context.news == ["doubt"]
        await until(lambda: context.news == ["doubt", "annie"])
        await until(lambda: says.asked == 4)
        says.told[0]()
        await until(lambda: context.news == ["doubt", "annie", "doubt", "annie"])
    assert says.told == []
    stands.close()


async def test_news_while_one_asks_are_asked_for_again(kept: Callable[[Lost], None]) -> None:
    says, context = Says(["ann"]), Context("ann")
    stands = Standing(says, "ann", kept)
    with stands.following(OPERATION, context):
        for _ in range(3):
            says.told[0]()
        await until(lambda: context.news == ["doubt", "doubt", "doubt", "ann"])
        assert says.asked == 1
    stands.close()


async def test_a_refusal_is_told_once_and_ends_the_watch() -> None:
    lost: list[Lost] = []
    says = Says(["ann", "ann", Refusal(Code.FORBIDDEN, "This account is suspended.")])
    stands = Standing(says, "ann", lost.append)
    await stands.admit()
    await until(lambda: says.asked == 2)
    for told in tuple(says.told) * 2:
        told()
    await until(lambda: bool(lost))
    assert lost == [Lost("FORBIDDEN", "This account is suspended.")]
    assert says.told == []
    assert await stands.renew("eve") is False


async def test_nobody_in_particular_is_not_watched(kept: Callable[[Lost], None]) -> None:
    says, context = Says(["nobody"]), Context("nobody")
    stands = Standing(says, "", kept)
    await stands.admit()
    with stands.following(OPERATION, context):
        assert says.told == []
    assert await stands.renew("") is False
    stands.close()


async def test_a_token_ends_on_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "LONGEST_TIMER_SECONDS", 0.02)
    ended = asyncio.get_running_loop().create_future()
    expires = time.time() + 0.3
    Standing(Says(["ann"], expires), "ann", ended.set_result)
    assert await asyncio.wait_for(ended, 10) == Lost("UNAUTHENTICATED", "Token expired")
    assert time.time() >= expires


async def test_a_fresh_token_counts_from_its_own_end() -> None:
    ended = asyncio.get_running_loop().create_future()
    says = Says(["ann"], time.time() + 0.2)
    stands = Standing(says, "ann-1", ended.set_result)
    says.expires = None
    assert await stands.renew("ann-2")
    assert stands.caller == "ann-2"
    await asyncio.sleep(0.4)
    assert not ended.done()
    says.expires = time.time() + 0.1
    assert await stands.renew("ann-3")
    assert await asyncio.wait_for(ended, 10) == Lost("UNAUTHENTICATED", "Token expired")
