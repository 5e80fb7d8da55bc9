"""Fixtures of the tests of who asks: a key server that runs for one test, and a clock that stands still."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.graphql_api.auth.issuer import KeyServer, start_key_server


@dataclass
class Clock:
    """Seconds that pass when a test says so."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    """A clock for the renewal of keys."""
    return Clock()


@pytest.fixture
def key_server() -> Iterator[KeyServer]:
    """A running key server without keys yet."""
    controls, stop = start_key_server()
    yield controls
    stop()
