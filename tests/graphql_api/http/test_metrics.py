"""The counters, scraped as Prometheus does."""

from collections.abc import AsyncIterator

import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from graphql_api.app import build_app
from graphql_api.http.connections import Connections, Owner
from graphql_api.http.metrics import Counters, Traffic
from graphql_api.operations.counters import OPERATIONS
from models.store.connection import Database
from tests.fixtures.wire import SETTINGS, Api, Calls


@pytest.fixture
async def counted(watched: tuple[Database, Calls]) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server that shows its counters."""
    OPERATIONS.clear()
    app = build_app(SETTINGS.model_copy(update={"metrics": True}), watched[0])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api") as web:
        yield web


async def scraped(web: httpx.AsyncClient) -> dict[str, float]:
    """Every sample by its name and labels."""
    response = await web.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    families = text_string_to_metric_families(response.text)
    samples = [sample for family in families for sample in family.samples]
    return {" ".join([sample.name, *sample.labels.values()]): sample.value for sample in samples}


async def test_requests_are_counted_by_their_status(counted: httpx.AsyncClient) -> None:
    await counted.post("/graphql", json={"query": "{ viewer { kind } }"})
    await counted.get("/nowhere")
    await counted.post("/graphql", content=b"")
    await counted.get("/health/live")
    samples = await scraped(counted)
    classes = {label: samples[f"graphql_api_requests_total {label}"] for label in ("none", "1xx", "2xx", "4xx", "5xx")}
    assert classes == {"none": 0, "1xx": 0, "2xx": 1, "4xx": 2, "5xx": 0}
    assert samples["graphql_api_request_seconds_count"] == 3
    assert samples["graphql_api_request_seconds_bucket +Inf"] == 3
    assert samples["graphql_api_request_seconds_sum"] > 0
    assert samples["graphql_api_kept_principals_total"] == samples["graphql_api_kept_rows_total"] == 0


async def test_operations_are_counted_by_kind_and_path(counted: httpx.AsyncClient) -> None:
    for _ in range(2):
        await counted.post("/graphql", json={"query": "{ viewer { kind } }"})
    samples = await scraped(counted)
    operations = {name: value for name, value in samples.items() if name.startswith("graphql_api_operations_total")}
    assert sum(operations.values()) == 2
    assert all(name.split()[1] == "query" for name in operations)


async def test_what_stays_open_is_gauged_and_what_it_was_sent_is_counted() -> None:
    connections, ada = Connections(), Owner("ada", "account")
    socket = connections.enter(ada, "websocket", lambda: None)
    stream = connections.enter(ada, "events", lambda: None)
    counters = CollectorRegistry()
    counters.register(Counters(Traffic(), lambda: 0, lambda: 0, connections))
    names = ("graphql_api_sockets", "graphql_api_streams", "graphql_api_subscriptions", "graphql_api_events_total")

    def shown() -> list[float | None]:
        return [counters.get_sample_value(name) for name in names]

    with socket.subscription(), stream.subscription():
        socket.delivered()
        assert shown() == [1, 1, 2, 1]
    socket.leave()
    assert shown() == [0, 1, 0, 1]
    stream.leave()
    assert shown() == [0, 0, 0, 1]


def test_how_long_a_stream_lasts_is_no_latency() -> None:
    traffic = Traffic()
    traffic.count(200, None)
    assert (traffic.by_class[2], sum(traffic.by_latency), traffic.seconds) == (1, 0, 0.0)


async def test_without_the_setting_there_is_no_such_page(api: Api) -> None:
    response = await api.http.get("/metrics")
    assert response.status_code == 404


def test_a_latency_falls_in_the_first_class_that_holds_it() -> None:
    traffic = Traffic()
    for seconds in (0.0, 0.001, 0.0011, 10.0, 10.1):
        traffic.count(200, seconds)
    assert (traffic.by_latency[0], traffic.by_latency[1], traffic.by_latency[-2], traffic.by_latency[-1]) == (
        2,
        1,
        1,
        1,
    )
    assert traffic.by_class == [0, 0, 5, 0, 0, 0]
    assert traffic.seconds == pytest.approx(20.1021)
