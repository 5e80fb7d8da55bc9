"""The planner: MongoDB is asked for exactly the columns and children that the operation names, in whatever way."""

import pytest

from models import global_id
from tests.factories import advisor as make
from tests.fixtures.wire import Api, Caller, People


@pytest.fixture
async def ann(people: People) -> Caller:
    """Somebody with two conversations of three messages."""
    ann = await people.person("ann")
    ada = await make.advisor(name="Ada")
    for place, name in enumerate(("Two", "One")):
        talk = await make.conversation(ann, title=name, activeAdvisorId=ada["_id"], updatedAt=place)
        for turn in range(3):
            await make.message(talk, f"{name} {turn}", sender="advisor", advisorId=ada["_id"], createdAt=turn)
    return ann


def _projections(api: Api) -> list[set[str]]:
    """The columns of each `find` since the last request."""
    return [set(command["projection"]) for command in api.calls.seen if "find" in command]


LIST = {"_id", "updatedAt"}
"""What a list always needs: its cursors."""


@pytest.mark.parametrize(
    ("selection", "columns"),
    [
        ("nodes { title }", {"title"}),
        ("edges { node { title } }", {"title"}),
        ("nodes { id }", set()),
        ("nodes { __typename }", set()),
        ("nodes { name: title }", {"title"}),
        ("nodes { viewerCanUpdate }", {"userId"}),
        ("nodes { userId }", {"userId"}),
        ("nodes { title } edges { node { version } }", {"title", "version"}),
        ("nodes { ...A } fragment", {"title", "version"}),
        ("nodes { ... { title ... on Node { id } ... on AdvisorConversation { version } } }", {"title", "version"}),
        ("nodes { ... on Node { id } title @skip(if: true) version @include(if: false) }", set()),
        ("nodes { title @skip(if: false) version @include(if: true) }", {"title", "version"}),
        ("pageInfo { endCursor }", set()),
    ],
)
async def test_columns(api: Api, ann: Caller, selection: str, columns: set[str]) -> None:
    fragment = " fragment A on AdvisorConversation { ...B version } fragment B on Node { ...C }"
    fragment += " fragment C on AdvisorConversation { title }"
    asked, _, used = selection.partition(" fragment")
    text = f"{{ advisorConversations {{ {asked} }} }}{fragment if '...A' in selection else used}"
    await api.data(text, by=ann)
    assert _projections(api) == [LIST | columns]


async def test_directives_take_variables(api: Api, ann: Caller) -> None:
    text = "query($all: Boolean!) { advisorConversations { nodes { title version @include(if: $all) } } }"
    await api.data(text, {"all": False}, by=ann)
    assert _projections(api) == [LIST | {"title"}]
    await api.data(text, {"all": True}, by=ann)
    assert _projections(api) == [LIST | {"title", "version"}]


async def test_a_path_into_a_document(api: Api, ann: Caller) -> None:
    await api.data("{ advisorMarketplace { nodes { persona { name } } } }", by=ann)
    assert "persona.name" in _projections(api)[0]
    assert "persona" not in _projections(api)[0]


async def test_a_document_of_which_only_the_type_is_asked(api: Api, ann: Caller) -> None:
    data = await api.data("{ advisorMarketplace { nodes { persona { __typename } } } }", by=ann)
    assert data["advisorMarketplace"]["nodes"] == [{"persona": {"__typename": "AdvisorPersona"}}]


async def test_the_same_list_twice_with_other_arguments(api: Api, ann: Caller) -> None:
    text = """
        { advisorConversations(first: 1) { nodes {
            oldest: messages(first: 1) { nodes { content } }
            newest: messages(last: 1) { nodes { content } totalCount }
        } } }
    """
    data = await api.data(text, by=ann)
    assert data["advisorConversations"]["nodes"] == [
        {"oldest": {"nodes": [{"content": "One 0"}]}, "newest": {"nodes": [{"content": "One 2"}], "totalCount": 3}}
    ]


async def test_the_same_field_below_nodes_and_edges_is_one_child(api: Api, ann: Caller) -> None:
    text = """
        { advisorConversations { nodes { ...A } edges { node { ...A title } } } }
        fragment A on AdvisorConversation { activeAdvisor { persona { name } } }
    """
    data = await api.data(text, by=ann)
    edges = data["advisorConversations"]["edges"]
    assert [edge["node"]["activeAdvisor"] for edge in edges] == [{"persona": {"name": "Ada"}}] * 2
    assert [command.get("find") for command in api.calls.seen if "find" in command] == [
        "advisor_conversations",
        "advisor_advisors",
    ]


async def test_references_on_several_levels_are_one_call(api: Api, ann: Caller) -> None:
    text = """
        { advisorConversations { nodes {
            activeAdvisor { persona { name } }
            messages { nodes { advisor { persona { title } } conversation { title } } }
        } } }
    """
    data = await api.data(text, by=ann)
    assert api.calls.names == ["aggregate", "find", "aggregate", "find", "find"]
    last = data["advisorConversations"]["nodes"][1]["messages"]["nodes"][2]
    assert last == {"advisor": {"persona": {"title": "Strategist"}}, "conversation": {"title": "Two"}}


async def test_a_wrong_argument_of_a_nested_list_fails_at_its_own_place(api: Api, ann: Caller) -> None:
    text = "{ viewer { kind } advisorConversations { nodes { title messages(first: 0) { nodes { content } } } } }"
    answer = await api.answer(text, by=ann)
    assert answer["errors"][0]["path"] == ["advisorConversations", "nodes", 0, "messages"]
    assert answer["errors"][0]["message"] == "first must be between 1 and 100, not 0."
    assert answer["errors"][0]["extensions"]["code"] == "OUT_OF_RANGE"


async def test_a_denied_row_does_not_spoil_the_rest(api: Api, people: People, ann: Caller) -> None:
    hidden = await make.advisor(await people.person("eve"), name="Hidden")
    await make.conversation(ann, title="Odd", activeAdvisorId=hidden["_id"], updatedAt=9)
    data = await api.data("{ advisorConversations { nodes { title activeAdvisorId activeAdvisor { id } } } }", by=ann)
    first, *others = data["advisorConversations"]["nodes"]
    assert first == {
        "title": "Odd",
        "activeAdvisorId": global_id.encode("aAdv", hidden["_id"]),
        "activeAdvisor": None,
    }
    assert [other["activeAdvisor"] is None for other in others] == [False, False]


async def test_root_fields_of_the_same_list_do_not_mix(api: Api, ann: Caller) -> None:
    text = """
        { a: advisorConversations(first: 1) { nodes { title } }
          b: advisorConversations(last: 1) { nodes { version messages(first: 1) { nodes { content } } } } }
    """
    assert await api.data(text, by=ann) == {
        "a": {"nodes": [{"title": "One"}]},
        "b": {"nodes": [{"version": 1, "messages": {"nodes": [{"content": "Two 0"}]}}]},
    }
