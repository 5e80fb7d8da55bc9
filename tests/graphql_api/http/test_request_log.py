"""One line a request: enough to find it, and nothing that it said."""

from structlog.testing import capture_logs

from tests.fixtures.wire import Api, People


async def test_a_request_is_one_line_with_its_operation(api: Api, people: People) -> None:
    ann = await people.person("ann")
    with capture_logs() as lines:
        await api.data("query Who { viewer { kind } }", by=ann)
    (line,) = [line for line in lines if line["event"] == "request"]
    milliseconds = line.pop("milliseconds")
    assert line == {
        "event": "request",
        "log_level": "info",
        "method": "POST",
        "path": "/graphql",
        "status": 200,
        "kind": "query",
        "operation": "Who",
    }
    assert milliseconds > 0


async def test_what_a_client_wrote_wrongly_is_not_repeated(api: Api) -> None:
    with capture_logs() as lines:
        await api.http.post("/graphql", json={"query": "{ secret"})
    assert [(line["event"], line["status"]) for line in lines] == [("request", 200)]
    assert "secret" not in str(lines)


async def test_health_checks_leave_no_line(api: Api) -> None:
    with capture_logs() as lines:
        assert (await api.http.get("/health/ready")).status_code == 200
    assert lines == []


async def test_an_operators_access_is_told(api: Api, people: People) -> None:
    olga = await people.operator("olga")
    with capture_logs() as lines:
        await api.data("{ viewer { kind } }", by=olga)
    (line,) = [line for line in lines if line["event"] == "operator access"]
    assert (line["actor"], line["kind"], line["fields"]) == (f"account:{olga.account}", "query", ["viewer"])
