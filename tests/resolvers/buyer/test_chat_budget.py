"""Questions cost an answer each: a chat has so many in a time, and another chat as many of its own."""

from tests.fixtures.wire import Api
from tests.resolvers.advisor.writing import done, refusal
from tests.resolvers.buyer.chat_scene import Scene

A_MINUTE = 20


async def test_a_chat_asks_only_so_often(api: Api, here: Scene) -> None:
    for number in range(A_MINUTE):
        await done(api, "buyerChatMessageSend", here.chat, message=f"Question {number}?")
    assert await refusal(api, "buyerChatMessageSend", here.chat, message="One more?") == ("RATE_LIMITED", None)
    await done(api, "buyerChatMessageSend", here.other_chat, message="And mine?")
