"""Advisors: prompt material is nobody's but the owner's, on every path, and an archived one is a name and a picture."""

from typing import Any

import pytest

from models import global_id
from models.advisor.advisor import ADVISORS
from models.advisor.conversation import CONVERSATIONS
from models.advisor.persona import Metadata, Ownership, Persona, RoleDefinition
from models.store.connection import Database
from tests.factories import advisor as make
from tests.fixtures.wire import ANONYMOUS, Api, Caller, People

PROMPT = """fragment Prompt on Advisor {
  ownerId modelHint components roleDefinition { mission } metadata { author owner { contactEmail } }
}"""

SEEN_BY_OWNER = {
    "modelHint": "hybrid",
    "components": ["secret part"],
    "roleDefinition": {"mission": "secret mission"},
    "metadata": {"author": "Charles", "owner": {"contactEmail": "ann@example.com"}},
}
SEEN_BY_OTHERS = {
    "ownerId": None,
    "modelHint": None,
    "components": None,
    "roleDefinition": None,
    "metadata": {"author": "Charles", "owner": None},
}


async def loaded(owner: Caller | None, **values: Any) -> dict[str, Any]:
    """A public advisor with prompt material."""
    given = {
        "isPublic": True,
        "roleDefinition": RoleDefinition(mission="secret mission"),
        "components": ["secret part"],
        "metadata": Metadata(author="Charles", owner=Ownership(contactEmail="ann@example.com")),
        "modelHint": "hybrid",
        **values,
    }
    return await make.advisor(owner, **given)


def key_of(row: dict[str, Any]) -> str:
    """The global id of an advisor."""
    return global_id.encode(ADVISORS.tag, row["_id"])


PATHS = {
    "by id": ("query ($id: ID!) { advisor(id: $id) { ...Prompt } }", ("advisor",)),
    "node": ("query ($id: ID!) { node(id: $id) { ... on Advisor { ...Prompt } } }", ("node",)),
    "list": ("{ advisorMarketplace { nodes { ...Prompt } } }", ("advisorMarketplace", "nodes", 0)),
    "edges": ("{ advisorMarketplace { edges { node { ...Prompt } } } }", ("advisorMarketplace", "edges", 0, "node")),
    "search": ('{ advisorMarketplace(search: "ada") { nodes { ...Prompt } } }', ("advisorMarketplace", "nodes", 0)),
    "team": (
        '{ advisorTeamTemplate(slug: "starters") { advisors { ...Prompt } } }',
        ("advisorTeamTemplate", "advisors", 0),
    ),
}
OWN_PATHS = {
    "board": ("{ advisorBoard { nodes { advisor { ...Prompt } } } }", ("advisorBoard", "nodes", 0, "advisor")),
    "conversation": (
        "{ advisorConversations { nodes { activeAdvisor { ...Prompt } } } }",
        ("advisorConversations", "nodes", 0, "activeAdvisor"),
    ),
    "message": (
        "{ advisorConversations { nodes { messages { nodes { advisor { ...Prompt } } } } } }",
        ("advisorConversations", "nodes", 0, "messages", "nodes", 0, "advisor"),
    ),
}


async def at(api: Api, document: str, path: tuple[Any, ...], row: dict[str, Any], by: Caller) -> Any:
    """What an answer holds at a path."""
    variables = {"id": key_of(row)} if "$id" in document else {}
    found: Any = await api.data(document + PROMPT, variables, by=by)
    for step in path:
        found = found[step]
    return found


@pytest.mark.parametrize("path", sorted(PATHS))
async def test_prompt_material_is_the_keepers_alone(api: Api, people: People, path: str) -> None:
    ann, bob, olga = await people.person("ann"), await people.person("bob"), await people.operator("olga")
    row = await loaded(ann)
    await make.team_template(advisorIds=[row["_id"]])
    document, steps = PATHS[path]
    for caller in (bob, ANONYMOUS):
        assert await at(api, document, steps, row, caller) == SEEN_BY_OTHERS
    for caller in (ann, olga, people.service("answering")):
        assert await at(api, document, steps, row, caller) == {**SEEN_BY_OWNER, "ownerId": ann.id}


@pytest.mark.parametrize("path", sorted(OWN_PATHS))
async def test_prompt_material_does_not_come_with_ones_own_rows(api: Api, people: People, path: str) -> None:
    ann = await people.person("ann")
    row, mine = await loaded(None), await loaded(ann, isPublic=False)
    document, steps = OWN_PATHS[path]
    for advisor, seen in ((row, SEEN_BY_OTHERS), (mine, {**SEEN_BY_OWNER, "ownerId": ann.id})):
        await make.selection(ann, advisor, selectedAt=advisor["createdAt"])
        conversation = await make.conversation(ann, activeAdvisorId=advisor["_id"], updatedAt=advisor["createdAt"] + 9)
        await make.message(conversation, sender="advisor", advisorId=advisor["_id"])
        assert await at(api, document, steps, advisor, ann) == seen


async def test_a_private_column_asked_alone_is_as_private(api: Api, people: People) -> None:
    ann, bob = await people.person("ann"), await people.person("bob")
    row = await loaded(ann)
    for column, hidden, shown in (
        ("modelHint", None, "hybrid"),
        ("components", None, ["secret part"]),
        ("ownerId", None, ann.id),
        ("metadata { owner { contactEmail } }", {"owner": None}, {"owner": {"contactEmail": "ann@example.com"}}),
    ):
        query = f"query ($id: ID!) {{ advisor(id: $id) {{ value: {column} }} }}"
        assert (await api.data(query, {"id": key_of(row)}, by=bob))["advisor"]["value"] == hidden
        assert (await api.data(query, {"id": key_of(row)}, by=ann))["advisor"]["value"] == shown


async def test_search_finds_no_prompt_material(api: Api, people: People) -> None:
    ann = await people.person("ann")
    await loaded(ann)
    query = "query ($words: String!) { advisorMarketplace(search: $words) { totalCount } }"
    for words, number in (("secret", 0), ("mission", 0), ("hybrid", 0), ("ada", 1), ("strategist", 1)):
        assert (await api.data(query, {"words": words}, by=ann))["advisorMarketplace"]["totalCount"] == number, words


async def test_prompt_material_is_neither_filter_nor_order(api: Api, people: People) -> None:
    ann = await people.person("ann")
    for name in ("modelHint", "components", "roleDefinition", "metadata", "ownerId"):
        for field, kind in (("advisorMarketplace", "AdvisorWhere"), ("advisorsMine", "AdvisorWhere")):
            document = f"query ($where: {kind}) {{ {field}(where: $where) {{ totalCount }} }}"
            answer = await api.answer(document, {"where": {name: {"eq": "hybrid"}}}, by=ann)
            assert answer.get("data") is None
            assert "errors" in answer
    for field in ("advisorMarketplace", "advisorsMine"):
        answer = await api.answer(f"{{ {field}(orderBy: {{field: MODEL_HINT, direction: ASC}}) {{ totalCount }} }}")
        assert answer.get("data") is None


EVERYTHING = """query ($id: ID!) { advisor(id: $id) {
  id status firstName lastName imageUrl schemaVersion isPublic featured category tags selectionCount deletedAt ownerId
  modelHint components viewerCanUpdate roleDefinition { mission } metadata { author } localization { language }
  persona { name image title description oneLiner bio expertise education { major } }
} }"""


@pytest.mark.parametrize("status", ["archived", "inactive"])
async def test_who_met_an_advisor_that_left_sees_name_and_picture(
    api: Api, people: People, database: Database, status: str
) -> None:
    ann, bob, cyd = await people.person("ann"), await people.person("bob"), await people.person("cyd")
    persona = Persona(name="Ada", title="Sage", image="https://example.com/face.png", bio="Long.", expertise=["all"])
    row = await loaded(
        ann,
        status=status,
        persona=persona,
        firstName="Ada",
        lastName="L",
        imageUrl="https://example.com/a",
        deletedAt=5,
    )
    await database["advisor_users"].update_one({"_id": bob.profile}, {"$push": {"metAdvisorIds": row["_id"]}})
    seen = (await api.data(EVERYTHING, {"id": key_of(row)}, by=bob))["advisor"]
    shown = {column: value for column, value in seen.items() if value is not None}
    named = {column: value for column, value in shown.pop("persona").items() if value is not None}
    assert shown == {
        "id": key_of(row),
        "status": status.upper(),
        "firstName": "Ada",
        "lastName": "L",
        "imageUrl": "https://example.com/a",
        "viewerCanUpdate": False,
    }
    assert named == {"name": "Ada", "image": "https://example.com/face.png"}
    whole = (await api.data(EVERYTHING, {"id": key_of(row)}, by=ann))["advisor"]
    assert (whole["category"], whole["deletedAt"], whole["persona"]["bio"]) == ("business", 5, "Long.")
    for caller in (cyd, ANONYMOUS):
        assert await api.data(EVERYTHING, {"id": key_of(row)}, by=caller) == {"advisor": None}


async def test_a_message_keeps_the_name_of_an_archived_advisor(api: Api, people: People, database: Database) -> None:
    ann = await people.person("ann")
    row = await loaded(None, status="archived")
    conversation = await make.conversation(ann)
    await make.message(conversation, sender="advisor", advisorId=row["_id"])
    query = """query ($id: ID!) { advisorConversation(id: $id) { messages { nodes {
      advisor { persona { name title } category } } } } }"""
    variables = {"id": global_id.encode(CONVERSATIONS.tag, conversation["_id"])}

    async def advisor() -> Any:
        found = await api.data(query, variables, by=ann)
        return found["advisorConversation"]["messages"]["nodes"][0]["advisor"]

    assert await advisor() is None
    await database["advisor_users"].update_one({"_id": ann.profile}, {"$push": {"metAdvisorIds": row["_id"]}})
    assert await advisor() == {"persona": {"name": "Ada", "title": None}, "category": None}
