"""What the demo's buyers think of the homes in their chats: likes, marks and notes, and the agent's own notes."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql_api.demo import keys, texts
from graphql_api.demo.advisors import DAY
from graphql_api.demo.buyer.chats import Chat
from models.buyer.property_interaction import EmotionalResponse, InteractionType, PropertyInteractionRow
from models.buyer.property_note import NoteType, PropertyNoteRow
from resolvers.buyer.search_scoring import Home

Kind = InteractionType

TAKEN: tuple[tuple[tuple[Kind, Mapping[str, Any]], ...], ...] = (
    (
        (Kind.VIEWED, {}),
        (
            Kind.LIKE,
            {"rating": 5, "reason": "Bright, and near everything.", "emotionalResponse": EmotionalResponse.EXCITED},
        ),
        (Kind.FAVORITE, {}),
        (Kind.SHARED, {}),
    ),
    (
        (Kind.VIEWED, {}),
        (Kind.LIKE, {"rating": 4, "emotionalResponse": EmotionalResponse.INTERESTED}),
        (Kind.SAVED, {}),
    ),
    (
        (Kind.VIEWED, {}),
        (Kind.DISLIKE, {"rating": 2, "reason": "Too dark.", "emotionalResponse": EmotionalResponse.DISAPPOINTED}),
    ),
)
"""What is done with the best home, with the next one, and with the one after it."""


def interaction_rows(chat: Chat) -> Iterator[PropertyInteractionRow]:
    """What the buyer has done with the homes of the newest search, while the chat went on."""
    chance = keys.chance("reactions", str(chat.id))
    root, search = chat.profile["rootProfileId"], chat.newest
    for home, taken in zip(search.homes, TAKEN, strict=False):
        for kind, felt in taken:
            at = chance.randint(max(chat.started, search.row.createdAt), chat.active)
            yield PropertyInteractionRow(
                id=keys.dated(at, chance),
                **chat.below,
                rootProfileId=root,
                listingId=home["_id"],
                interactionType=kind,
                **felt,
                createdAt=at,
                updatedAt=at,
            )


def note_rows(chat: Chat) -> Iterator[PropertyNoteRow]:
    """Three notes of the buyer, and one of the agent."""
    said, homes = texts.chats(), chat.newest.homes
    best, other = homes[0], homes[-1]
    yield _note(chat, best, NoteType.PERSONAL, said["note"])
    yield _note(chat, best, NoteType.SHOWING, said["showing"])
    yield _note(chat, other, NoteType.REMINDER, said["reminder"])
    yield _note(chat, best, NoteType.AGENT, said["agents_note"])


def _note(chat: Chat, home: Home, kind: NoteType, text: str) -> PropertyNoteRow:
    slots = {"address": home["address"], "feature": home["features"][0].lower(), "name": chat.buyer.name}
    at = chat.active - keys.chance("note", str(chat.id), kind).randrange(DAY // 4)
    return PropertyNoteRow(
        id=keys.fixed("note", str(chat.id), kind),
        **chat.below,
        listingId=home["_id"],
        noteType=kind,
        noteText=text.format_map(slots),
        createdAt=at,
        updatedAt=at,
    )
