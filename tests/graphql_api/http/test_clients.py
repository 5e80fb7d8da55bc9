"""The official clients graphql-ws and graphql-sse, run by node against a real server."""

from typing import Any

import pytest

from tests.graphql_api.http.node import needs_npm, printed

pytestmark = needs_npm


@pytest.fixture
async def given(live: str) -> Any:
    """What the clients were given."""
    return await printed("clients.mjs", live)


async def test_the_clients_are_given_what_they_ask_for(given: Any, witness: Any) -> None:
    for number, transport in enumerate(("socket", "events")):
        found = given[transport]
        assert found["subscription"] == [{"data": {"ticks": tick}} for tick in (1, 2, 3)]
        assert found["query"] == [{"data": {"hello": "Hello, world!"}}]
        assert found["mutation"] == [{"data": {"increment": number + 1}}]
        assert found["abandoned"] == {"data": {"endless": "x"}}
        assert found["resolver"] == [{"data": {"resumed": "None ada"}}]
    assert witness.ended == 2
    [refused] = given["socket"]["refused"]
    assert refused["thrown"][0]["message"].startswith("Cannot query field 'nothing'")
    [refused] = given["events"]["refused"]
    assert refused["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    [forbidden] = given["forbidden"]
    assert [(closed["code"], closed["reason"]) for closed in forbidden["thrown"]] == [(4403, "Forbidden")]
