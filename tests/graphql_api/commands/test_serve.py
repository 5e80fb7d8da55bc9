"""`serve` as a new user meets it: a start on nothing, the banner's own curl line, Ctrl-C, a second start."""

import asyncio
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from models.store.connection import Database
from models.store.indexes import IMAGES, sync
from models.tables import TABLES

COMMAND = [sys.executable, "-m", "graphql_api"]
START_SECONDS = 60

BARE = {name: os.environ[name] for name in os.environ if name in {"PATH", "HOME"} or name.startswith("COV")}
"""An environment without the settings of whoever runs the tests."""


class Serving:
    """A running `serve` and what it has printed."""

    def __init__(self, **settings: str) -> None:
        environment = {**BARE, "COLUMNS": "1000", **settings}
        self.process = subprocess.Popen(
            [*COMMAND, "serve"], env=environment, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        self.printed = ""

    def banner(self) -> str:
        """What was printed until the server stood."""
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.printed += line
            if "Ctrl-C stops" in line:
                return self.printed
        raise AssertionError(f"it did not start: {self.printed}")

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Stop it as a terminal (or an orchestrator) does; its exit code."""
        self.process.send_signal(how)
        assert self.process.stderr is not None
        self.printed += self.process.stderr.read()
        self.process.stderr.close()
        return self.process.wait(30)


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    """A data folder of its own; nothing may go on running in it."""
    yield tmp_path / "data"
    left = [
        process.info["pid"]
        for process in psutil.process_iter(["pid", "cmdline"])
        if any(str(tmp_path) in part for part in process.info["cmdline"] or [])
    ]
    assert left == []


def _curl(banner: str) -> str:
    line = re.search(r"^Try\s+(curl .*)$", banner, re.MULTILINE)
    assert line, banner
    return subprocess.run([*shlex.split(line[1]), "-sS"], capture_output=True, text=True, check=True).stdout


def _shown(banner: str, label: str) -> str:
    line = re.search(rf"^{label:<9} (\S.*)$", banner, re.MULTILINE)
    assert line, banner
    return line[1]


def _asked(url: str, query: str, token: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.post(url, json={"query": query}, headers=headers).json()["data"]


def test_it_serves_the_demo_and_keeps_the_data(data_dir: Path) -> None:
    settings = {"DATA_DIR": str(data_dir), "PORT": "0", "GRAPHIQL": "false"}
    first = Serving(**settings)
    banner = first.banner()
    answer = '{"data":{"viewer":{"kind":"ACCOUNT","advisorUser":{"name":"Demo Person","plan":"PRO"}}}}'
    assert _curl(banner) == answer
    assert _shown(banner, "Agents") == (
        "marcus-okoye@example.com or elena-vasquez@example.com, password demo-agent-password"
    )
    assert _shown(banner, "Chat").startswith("http://localhost:3000/buyer/chat#")
    url = _shown(banner, "GraphQL")
    agent = _asked(url, "{ estateAgentMe { lastName } }", _shown(banner, "Agent"))
    assert agent == {"estateAgentMe": {"lastName": "Whitfield"}}
    for kind in ("Buyer", "Seller"):
        field = f"estate{kind}SessionSignIn"
        query = (
            f'mutation {{ {field}(input: {{ sessionCode: "{_shown(banner, kind)}" }}) {{ userErrors {{ code }} }} }}'
        )
        assert _asked(url, query) == {field: {"userErrors": []}}
    assert first.stop() == 0
    assert "The data are kept." in first.printed

    second = Serving(**settings)
    assert _curl(second.banner()) == answer
    assert second.stop(signal.SIGTERM) == 0


def test_a_request_under_way_is_finished_before_the_server_ends(data_dir: Path) -> None:
    serving = Serving(DATA_DIR=str(data_dir), PORT="0", GRAPHIQL="false")
    url = re.search(r"(http://\S+)/graphql", serving.banner())
    assert url
    with httpx.stream("GET", f"{url[1]}/health/ready") as response:
        serving.process.send_signal(signal.SIGTERM)
        assert response.read() == b'{"status":"ready"}'
    assert serving.stop(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("uri", "says"),
    [
        ("mongodb://127.0.0.1:1/", "did not answer within 3 s"),
        ("mongodb://user:hidden@127.0.0.1:1/", "did not answer within 3 s"),
        ("mongodb://127.0.0.1:1/?retryWritez=true", "is no valid address (Unknown option: retrywritez"),
        ("postgres://127.0.0.1/", "must start with mongodb:// or mongodb+srv://"),
    ],
)
def test_a_wrong_server_is_one_line_that_says_what_to_do(uri: str, says: str) -> None:
    serving = Serving(MONGODB_URI=uri, PORT="0")
    assert serving.process.wait(START_SECONDS) == 1
    assert serving.process.stderr is not None
    with serving.process.stderr as stderr:
        printed = stderr.read()
    assert printed.count("\n") == 1
    assert printed.startswith("MONGODB_URI: ")
    assert says in printed
    assert "hidden" not in printed


def test_a_taken_port_is_one_line_that_names_the_settings(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        serving = Serving(DATA_DIR=str(data_dir), PORT=str(port))
        assert serving.process.wait(START_SECONDS) == 1
        assert serving.process.stderr is not None
        with serving.process.stderr as stderr:
            assert stderr.read() == (
                f"HOST and PORT: 127.0.0.1:{port} cannot be listened on (Address already in use). "
                "Stop what listens there, or set PORT to another one.\n"
            )


async def test_it_names_the_indexes_that_are_not_as_declared(demo: Database, mongodb_uri: str) -> None:
    messages = demo["advisor_messages"]
    await messages.drop_index("by_advisor")
    await messages.create_index([("advisorId", -1)], name="by_advisor")
    await messages.create_index("tokensUsed", name="by_hand")
    await demo.command({"collMod": "accounts", IMAGES: {"enabled": True}})
    serving = Serving(MONGODB_URI=mongodb_uri, MONGODB_DATABASE=demo.name, PORT="0", GRAPHIQL="false")
    try:
        banner = await asyncio.to_thread(serving.banner)
    finally:
        await asyncio.to_thread(serving.stop)
        await sync(demo, TABLES, drop=True)
    assert banner.splitlines()[:3] == [
        "accounts keeps images of changed rows for no list; `doctor --drop-indexes` ends that.",
        "Index advisor_messages.by_advisor is not as declared; `doctor --drop-indexes` replaces it.",
        "Index advisor_messages.by_hand is declared nowhere; `doctor --drop-indexes` drops it.",
    ]


def test_wrong_settings_are_named_one_a_line() -> None:
    done = subprocess.run(
        [*COMMAND, "serve"],
        env={**BARE, "PORT": "abc", "LOG_LEVEL": "loud"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == ["PORT", "LOG_LEVEL"]


def test_a_token_made_here_is_believed_here(data_dir: Path) -> None:
    settings = {"DATA_DIR": str(data_dir), "PORT": "0", "GRAPHIQL": "false"}
    serving = Serving(**settings)
    url = re.search(r"(http://\S+/graphql)", serving.banner())
    assert url
    token = subprocess.run(
        [*COMMAND, "token", "ann"],
        env={**BARE, **settings},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    answer = httpx.post(
        url[1], json={"query": "{ viewer { account { subject } } }"}, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.json() == {"data": {"viewer": {"account": {"subject": "ann"}}}}
    assert serving.stop() == 0
