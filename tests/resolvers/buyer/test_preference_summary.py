"""What a buyer's reactions say, added up: for the agent of all chats, in a chat of that one."""

from typing import Any

from models.buyer.profile import PROFILES
from tests.factories import buyer as make
from tests.fixtures.estate import Parties
from tests.fixtures.wire import Api, People
from tests.resolvers.advisor.writing import gid
from tests.resolvers.buyer.profile_cast import cast

SUMMARY = (
    "query($id: ID!) { buyerPreferenceSummary(profileId: $id) { profileId likedCount dislikedCount favoritesCount "
    "averageRating liked { address } disliked { address } favorites { address } "
    "reasons { interactionType reason number } } }"
)


async def test_adds_up_what_one_may_see(api: Api, people: People, parties: Parties) -> None:
    there = await cast(people, parties)
    homes = [await make.repliers_listing(address=name) for name in "ABC"]
    chat = there["chat"].row  # type: ignore[attr-defined]  # a chat is a party
    other = await make.chat_session(there.profile)
    await make.property_interaction(chat, homes[0], reason="Light.", rating=5, createdAt=1)
    await make.property_interaction(chat, homes[1], interactionType="dislike", reason="Dark.", rating=2)
    await make.property_interaction(other, homes[2], reason="Light.", createdAt=2)
    await make.property_interaction(other, homes[2], interactionType="favorite")
    await make.property_interaction(other, homes[1], interactionType="viewed")

    async def seen(caller: Any) -> Any:
        return (await api.data(SUMMARY, {"id": there.id}, by=caller))["buyerPreferenceSummary"]

    whole = {
        "profileId": there.id,
        "likedCount": 2,
        "dislikedCount": 1,
        "favoritesCount": 1,
        "averageRating": 3.5,
        "liked": [{"address": "C"}, {"address": "A"}],
        "disliked": [{"address": "B"}],
        "favorites": [{"address": "C"}],
        "reasons": [
            {"interactionType": "LIKE", "reason": "Light.", "number": 2},
            {"interactionType": "DISLIKE", "reason": "Dark.", "number": 1},
        ],
    }
    for caller in (there.ann, there["analysis"], there["answering"], there["search"]):
        assert await seen(caller) == whole
    own = await seen(there["chat"])
    assert (own["likedCount"], own["liked"], own["favoritesCount"]) == (1, [{"address": "A"}], 0)
    for name in ("operator", "other chat", "other agent", "portal", "seller", "person", "billing", "anonymous"):
        assert await seen(there[name]) is None, name


async def test_of_no_reaction_there_is_nothing(api: Api, parties: Parties) -> None:
    ann = await parties.agent("ann")
    profile = await make.profile(ann.row["_id"])
    found = (await api.data(SUMMARY, {"id": gid(PROFILES, profile)}, by=ann))["buyerPreferenceSummary"]
    assert (found["likedCount"], found["liked"], found["averageRating"], found["reasons"]) == (0, [], None, [])
