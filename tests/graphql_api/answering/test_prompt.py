"""What a model is told of an advisor, its person, and what they said."""

from typing import Any

from graphql_api.answering.advisor.desk import AdvisorDesk, Due
from graphql_api.answering.advisor.prompt import compose
from graphql_api.answering.builtin import BuiltIn
from graphql_api.answering.prompt import Said
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.message import MESSAGES
from models.advisor.persona import Persona, RoleDefinition, Scope
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import Api, People
from tests.graphql_api.answering.conftest import Talk, begun
from tests.resolvers.advisor.writing import gid


def _due(talk: Talk) -> Due:
    return Due(
        gid(MESSAGES, talk.answer),
        gid(CONVERSATIONS, talk.conversation),
        gid(ADVISORS, talk.advisor),
        talk.answer["createdAt"],
    )


async def test_it_holds_all_that_the_answer_is_made_from(desk: AdvisorDesk, people: People, database: Database) -> None:
    persona = Persona(name="Ada", title="Strategist", bio="Born in Bergen.", specialties=["prices", "plans"])
    role = RoleDefinition(role="Find the price.", scope=Scope(inScope=["prices"], outOfScope=["law"]))
    talk = await begun(
        await people.person("ann"), database, "And now?", persona=persona, roleDefinition=role, isPublic=True
    )
    other = await make.advisor(name="Bo")
    said: tuple[tuple[str, int, dict[str, Any]], ...] = (
        ("Hello", 10, {}),
        ("Hello Ann", 20, {"sender": "advisor", "advisorId": talk.advisor["_id"]}),
        ("I would wait", 30, {"sender": "advisor", "advisorId": other["_id"]}),
        ("Bo has joined", 40, {"sender": "system"}),
        ("Half", 50, {"sender": "advisor", "advisorId": other["_id"], "status": "failed"}),
        ("Said later", 200, {}),
    )
    for content, created, values in said:
        await make.message(talk.conversation, content, createdAt=created, **values)
    await make.memory(talk.conversation, talk.advisor, "goal", {"grow": True})
    await make.memory(talk.conversation, other, "secret", "of the other")
    await make.thread_summary(talk.conversation, "Old.", createdAt=1)
    await make.thread_summary(talk.conversation, "They agreed.", createdAt=2)
    prompt = compose(gid(ADVISORS, talk.advisor), await desk.material(_due(talk)))
    assert (prompt.name, prompt.title, prompt.question) == ("Ada", "Strategist", "And now?")
    assert prompt.messages == [
        Said(
            "system",
            "You are Ada, Strategist. Answer as this person, and in the language of the question.\n"
            "Life: Born in Bergen.\n"
            "Specialties: prices, plans\n"
            "Your role: Find the price.\n"
            "What you take on and what you decline: inScope: prices; outOfScope: law\n"
            'You remember goal: {"grow":true}\n'
            "What was said earlier: They agreed.",
        ),
        Said("user", "Hello"),
        Said("assistant", "Hello Ann"),
        Said("user", "[Bo answered] I would wait"),
        Said("system", "Bo has joined"),
        Said("user", "And now?"),
    ]


async def test_the_newest_ten_messages_are_told_as_far_as_there_is_room(desk: AdvisorDesk, talk: Talk) -> None:
    for place in range(12):
        await make.message(talk.conversation, f"{place}", createdAt=place)
    messages = compose(gid(ADVISORS, talk.advisor), await desk.material(_due(talk))).messages
    assert [said.content for said in messages[1:]] == [*(str(place) for place in range(3, 12)), "What now?"]
    await make.message(talk.conversation, "x" * 32_000, createdAt=50)
    await make.message(talk.conversation, "y" * 32_000, createdAt=51)
    messages = compose(gid(ADVISORS, talk.advisor), await desk.material(_due(talk))).messages
    assert [said.content[0] for said in messages[1:]] == ["y", "W"]


async def test_the_material_costs_a_constant_number_of_calls(api: Api, desk: AdvisorDesk, talk: Talk) -> None:
    async def calls() -> list[str]:
        api.calls.seen.clear()
        await desk.material(_due(talk))
        return sorted(api.calls.names)

    few = await calls()
    for place in range(8):
        other = await make.advisor()
        await make.message(talk.conversation, createdAt=place, sender="advisor", advisorId=other["_id"])
    assert len(await calls()) == len(few) + 1 == 5


async def test_the_builtin_responder_says_what_it_is(desk: AdvisorDesk, talk: Talk) -> None:
    prompt = compose(gid(ADVISORS, talk.advisor), await desk.material(_due(talk)))
    pieces = [piece async for piece in BuiltIn(0).respond(prompt)]
    text = "".join(piece.text for piece in pieces)
    assert text == (
        "This is the built-in responder speaking, not a language model. "
        "Here Ada, Strategist, would answer you. You wrote: “What now?”. "
        "Set ANSWER_URL and ANSWER_MODEL to have a model think about it."
    )
    assert [piece.text for piece in pieces[:3]] == ["This", " is", " the"]
    assert pieces[-1].tokens == 0
