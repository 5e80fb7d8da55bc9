"""Counts requests as they pass, and shows all counters to Prometheus."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from itertools import accumulate

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from graphql_api.http.connections import Connections
from graphql_api.operations.counters import OPERATIONS

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the classes of latency, in seconds: from a row by its id to the time that an operation may take."""


class Traffic:
    """The requests of one application: plain integers, which cost less than a microsecond a request."""

    def __init__(self) -> None:
        self.by_class = [0] * 6
        """By the first digit of the status; 0 is a client that left before its answer."""
        self.by_latency = [0] * (len(BOUNDS) + 1)
        """By the class of `BOUNDS`; the last is all beyond."""
        self.seconds = 0.0

    def count(self, status: int, seconds: float | None) -> None:
        """Count one request that took `seconds`; None for an answer that went on for as long as its client wished."""
        self.by_class[status // 100] += 1
        if seconds is None:
            return
        self.by_latency[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds


class Counters(Collector):
    """What is shown at each scrape; `callers` and `rows` tell how many were known without asking the database."""

    def __init__(
        self, traffic: Traffic, callers: Callable[[], int], rows: Callable[[], int], connections: Connections
    ) -> None:
        self._traffic = traffic
        self._callers = callers
        self._rows = rows
        self._connections = connections

    def collect(self) -> Iterator[Metric]:
        """Yield each family of counters as it stands."""
        requests = CounterMetricFamily(
            "graphql_api_requests", "Requests by status class; none is a client that left.", labels=["status"]
        )
        for digit, number in enumerate(self._traffic.by_class):
            requests.add_metric([f"{digit}xx" if digit else "none"], number)
        yield requests
        yield _latency(self._traffic)
        operations = CounterMetricFamily(
            "graphql_api_operations", "Operations by kind and by the path of execution.", labels=["kind", "path"]
        )
        for labels, number in sorted(OPERATIONS.items()):
            operations.add_metric(labels, number)
        yield operations
        yield CounterMetricFamily(
            "graphql_api_kept_principals", "Callers known without asking the database.", value=self._callers()
        )
        yield CounterMetricFamily(
            "graphql_api_kept_rows", "Rows that others point to, known without asking the database.", value=self._rows()
        )
        yield from _of_connections(self._connections)


def _of_connections(connections: Connections) -> Iterator[Metric]:
    yield GaugeMetricFamily("graphql_api_sockets", "WebSockets that are open.", value=connections.sockets)
    yield GaugeMetricFamily("graphql_api_streams", "Answers that are being streamed.", value=connections.streams)
    yield GaugeMetricFamily("graphql_api_subscriptions", "Subscriptions under way.", value=connections.subscriptions)
    yield CounterMetricFamily(
        "graphql_api_events", "Results of subscriptions that were delivered.", value=connections.delivered
    )


def _latency(traffic: Traffic) -> HistogramMetricFamily:
    bounds = [*map(str, BOUNDS), "+Inf"]
    buckets = list(zip(bounds, map(float, accumulate(traffic.by_latency)), strict=True))
    words = "Seconds from the arrival of a request to the end of its answer."
    return HistogramMetricFamily("graphql_api_request_seconds", words, buckets=buckets, sum_value=traffic.seconds)


def metrics_route(counters: Counters) -> Route:
    """Return the route `/metrics`, in Prometheus' text format."""

    async def metrics(_: Request) -> Response:
        headers = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"}
        return Response(generate_latest(counters), 200, headers)

    return Route("/metrics", metrics)
