"""The lines of the log for what stays open: one for a connection, one for the end of each subscription."""

from typing import Any

import httpx
from structlog.testing import capture_logs

from tests.graphql_api.http.serving import connected, standing_server
from tests.models.store.listening import until

TICKS = "subscription Clock { ticks(to: 2) }"


async def test_a_socket_has_one_line(serve: Any) -> None:
    with capture_logs() as logs:
        async with standing_server(serve()) as address, connected(address) as socket:
            await socket.begin(authorization="Bearer ada")
            await socket.ask("1", TICKS)
            while (await socket.hear())["type"] != "complete":
                pass
            await socket.ask("2", "{")
            await socket.hear()
            await socket.say("nonsense")
            assert (await socket.closed())[0] == 4400
        await until(lambda: any(line["event"] == "socket" for line in logs))
    [line] = [line for line in logs if line["event"] == "socket"]
    assert line.pop("seconds") >= 0
    assert line.pop("reason").startswith("The message is not valid JSON")
    assert line == {"event": "socket", "log_level": "info", "code": 4400, "operations": 2}
    [line] = [line for line in logs if line["event"] == "subscription"]
    assert line.pop("seconds") >= 0
    expected = {"operation": "Clock", "fields": ["ticks"], "events": 2, "transport": "websocket"}
    assert line == {"event": "subscription", "log_level": "info", **expected}
    assert "ada" not in str(logs)


async def test_a_client_that_leaves_is_told_by_its_own_code(serve: Any) -> None:
    with capture_logs() as logs:
        async with standing_server(serve()) as address, connected(address) as socket:
            await socket.begin()
            await socket.connection.close(4123, "bye")
        await until(lambda: any(line["event"] == "socket" for line in logs))
    assert [line["code"] for line in logs if line["event"] == "socket"] == [4123]


async def test_a_stream_has_the_line_of_its_request(web: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        await web.post("/graphql", json={"query": TICKS}, headers={"Accept": "text/event-stream"})
    events = {line["event"]: line for line in logs}
    assert list(events) == ["subscription", "request"]
    assert (events["subscription"]["transport"], events["subscription"]["events"]) == ("events", 2)
    assert (events["request"]["kind"], events["request"]["status"]) == ("subscription", 200)
