"""The bundled mongod starts, keeps its data over any end, and leaves nothing running."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from graphql_api.embedded import mongod as module
from graphql_api.embedded.mongod import EmbeddedUnavailable, Mongod, find_mongod

ROOT = Path(__file__).parents[3]
WAIT_SECONDS = 30

# A server in small. It starts its mongod in a thread that ends, as `asyncio.to_thread` may, and drains on Ctrl-C.
SERVER = """
import sys, threading, time
from pathlib import Path
from pymongo import MongoClient
from graphql_api.embedded.mongod import Mongod

mongod, uris = Mongod(Path(sys.argv[1])), []
thread = threading.Thread(target=lambda: uris.append(mongod.start()))
thread.start()
thread.join()
try:
    print(uris[0], flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(0.3)
    with MongoClient(uris[0]) as client:
        client.shop.sales.insert_one({})
    print("drained", flush=True)
    mongod.stop()
"""


def sell(uri: str) -> int:
    """The number of sales after one more."""
    with MongoClient[dict[str, Any]](uri) as client:
        client.shop.sales.insert_one({})
        return client.shop.sales.count_documents({})


def port_of(uri: str) -> int:
    return int(uri.split(":")[2].split("/")[0])


def processes_of(folder: Path) -> list[int]:
    """Ids of the living processes whose command names this folder."""
    commands = {path: path.with_name("cmdline") for path in Path("/proc").glob("[0-9]*/status")}
    found = []
    for status, command in commands.items():
        try:
            if str(folder).encode() in command.read_bytes() and "State:\tZ" not in status.read_text():
                found.append(int(status.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
    return found


def wait_until_none(folder: Path) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while processes_of(folder) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert processes_of(folder) == []


@contextmanager
def server(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with subprocess.Popen(
        [sys.executable, "-c", SERVER, folder], cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_gives_a_replica_set_with_transactions_and_streams(tmp_path: Path) -> None:
    with Mongod(tmp_path) as uri, MongoClient[dict[str, Any]](uri) as client:
        assert re.fullmatch(r"mongodb://127\.0\.0\.1:\d+/\?replicaSet=rs0", uri)
        with client.shop.sales.watch() as stream, client.start_session() as session:
            with session.start_transaction():
                client.shop.sales.insert_one({"_id": 1}, session=session)
            assert next(stream)["documentKey"] == {"_id": 1}
    wait_until_none(tmp_path)


def test_listens_on_loopback_only_and_keeps_its_folder_private(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with Mongod(folder, cache_gigabytes=0.25, ttl_seconds=7) as uri, MongoClient[dict[str, Any]](uri) as client:
        options = client.admin.command("getCmdLineOpts")["parsed"]
        assert options["net"] == {"bindIp": "127.0.0.1", "port": port_of(uri), "unixDomainSocket": {"enabled": False}}
        assert options["storage"]["wiredTiger"]["engineConfig"] == {"cacheSizeGB": 0.25}
        assert client.admin.command("getParameter", 1, ttlMonitorSleepSecs=1)["ttlMonitorSleepSecs"] == 7
    assert folder.stat().st_mode & 0o777 == 0o700


def test_keeps_its_data_over_stops_and_ports(tmp_path: Path) -> None:
    with Mongod(tmp_path) as first:
        assert sell(first) == 1
    with socket.socket() as other:
        other.bind(("127.0.0.1", port_of(first)))
        with Mongod(tmp_path) as second:
            assert sell(second) == 2
    assert second != first
    with Mongod(tmp_path) as third:
        assert sell(third) == 3


def test_keeps_acknowledged_writes_over_its_own_crash(tmp_path: Path) -> None:
    mongod = Mongod(tmp_path)
    assert sell(mongod.start()) == 1
    for pid in processes_of(tmp_path / "mongo"):
        os.kill(pid, signal.SIGKILL)
    mongod.stop()
    with Mongod(tmp_path) as uri:
        assert sell(uri) == 2


def test_refuses_a_folder_in_use(tmp_path: Path) -> None:
    with Mongod(tmp_path) as uri:
        with pytest.raises(EmbeddedUnavailable, match=re.escape(f"Another server is using {tmp_path}")):
            Mongod(tmp_path).start()
        assert sell(uri) == 1
    with Mongod(tmp_path) as uri:
        assert sell(uri) == 2


def test_ends_with_a_killed_server_and_the_next_starts_at_once(tmp_path: Path) -> None:
    with server(tmp_path) as (process, uri):
        assert sell(uri) == 1
        process.send_signal(signal.SIGKILL)
        process.wait()
        with Mongod(tmp_path) as next_uri:
            assert sell(next_uri) == 2
    wait_until_none(tmp_path)


def test_a_killed_server_leaves_nothing_running(tmp_path: Path) -> None:
    with server(tmp_path) as (process, _):
        assert len(processes_of(tmp_path)) == 3  # the server, its mongod, the guard
        process.send_signal(signal.SIGKILL)
        process.wait()
        wait_until_none(tmp_path)
    assert '"exitCode":0' in (tmp_path / "mongod.log").read_text()


def test_ctrl_c_lets_the_server_drain(tmp_path: Path) -> None:
    with server(tmp_path) as (process, _):
        os.killpg(process.pid, signal.SIGINT)  # what a terminal does: the whole foreground group
        assert process.communicate(timeout=WAIT_SECONDS)[0] == "drained\n"
        assert process.returncode == 0
    wait_until_none(tmp_path)


def test_takes_another_port_when_one_was_taken_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        free_port = module._free_port
        ports = iter([other.getsockname()[1], free_port()])
        monkeypatch.setattr(module, "_free_port", lambda: next(ports))
        with Mongod(tmp_path) as uri:
            assert port_of(uri) != other.getsockname()[1]
            assert sell(uri) == 1
    wait_until_none(tmp_path)


def test_says_where_to_look_when_the_data_are_unreadable(tmp_path: Path) -> None:
    (tmp_path / "mongo").mkdir()
    (tmp_path / "mongo" / "storage.bson").write_bytes(b"not a document")
    with pytest.raises(EmbeddedUnavailable) as refusal:
        Mongod(tmp_path).start()
    assert re.fullmatch(
        rf"The bundled MongoDB does not start: it ended with code \d+; see {tmp_path}/mongod.log, or set MONGODB_URI\.",
        str(refusal.value),
    )
    wait_until_none(tmp_path)


def test_says_what_to_install_when_the_binary_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_mongod().name == "mongod"
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(EmbeddedUnavailable) as refusal:
        Mongod(tmp_path / "data").start()
    assert str(refusal.value) == ("The bundled MongoDB is missing: install the 'embedded' extra or set MONGODB_URI.")
    assert not (tmp_path / "data").exists()


def test_stopping_what_does_not_run_does_nothing(tmp_path: Path) -> None:
    mongod = Mongod(tmp_path)
    mongod.stop()
    mongod.start()
    mongod.stop()
    mongod.stop()
    wait_until_none(tmp_path)
