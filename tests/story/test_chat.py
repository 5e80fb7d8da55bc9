"""A buyer's chat from the first search to a hot lead, chapter by chapter through the wire."""

from tests.story import chatting, choosing
from tests.story.scene import Chapter, Scene, play

CHAPTERS: tuple[Chapter, ...] = (
    choosing.homes_told,
    choosing.buyer_written_down,
    choosing.first_search,
    chatting.chat_opened,
    chatting.buyer_came_in,
    chatting.both_follow,
    chatting.question_answered,
    chatting.homes_liked,
    chatting.second_search,
    chatting.hot_lead,
)


async def test_a_buyer_in_a_chat(chat_scene: Scene) -> None:
    await play(chat_scene, CHAPTERS)
