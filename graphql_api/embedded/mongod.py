"""Starts and stops the mongod that the `embedded` extra brings, as a one-node replica set on a free loopback port."""

import fcntl
import os
import socket
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO

from pymongo.errors import PyMongoError

from graphql_api.embedded import replica_set

START_SECONDS = 60  # recovery after a crash replays the journal
STOP_SECONDS = 20
PORT_TRIES = 5
POLL_SECONDS = 0.005
OPLOG_MEGABYTES = 256
PORT_TAKEN = 48  # mongod's exit code when it cannot listen

# Waits for the end of its own input, that is of the server, and asks the mongod to end. Linux could bind the mongod to
# the server with PR_SET_PDEATHSIG, but that ends it with the thread that started it.
GUARD = 'read -r _; kill -TERM "$1"'


class EmbeddedUnavailable(Exception):
    """The bundled MongoDB cannot serve; the message is one sentence that says what to do."""


def find_mongod() -> Path:
    """The bundled mongod, found without importing anything; `EmbeddedUnavailable` where it is not installed."""
    spec = find_spec("fiftyone")
    for folder in (spec and spec.submodule_search_locations) or []:
        binary = Path(folder) / "db" / "bin" / "mongod"
        if os.access(binary, os.X_OK):
            return binary
    raise EmbeddedUnavailable("The bundled MongoDB is missing: install the 'embedded' extra or set MONGODB_URI.")


class Mongod:
    """One mongod on one data folder; as a context manager it starts, gives its URI, and stops.

    It outlives Ctrl-C in the terminal, so that the server can drain, but never the server itself, however that ends.
    """

    def __init__(self, data_dir: Path, *, cache_gigabytes: float = 0.5, ttl_seconds: int = 60) -> None:
        """`cache_gigabytes` is WiredTiger's cache (0.25 or more), `ttl_seconds` the pause between expiry runs."""
        self._data_dir = data_dir
        self._cache_gigabytes = cache_gigabytes
        self._ttl_seconds = ttl_seconds
        self._locks: list[IO[bytes]] = []
        self._process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """The URI of the running replica set; `EmbeddedUnavailable` when it cannot be had."""
        binary = find_mongod()
        try:
            self._prepare_data_dir()
            port = self._launch(binary)
        except BaseException:
            self.stop()
            raise
        return f"mongodb://127.0.0.1:{port}/?replicaSet={replica_set.NAME}"

    def stop(self) -> None:
        """End the mongod with its data written; a second call does nothing."""
        self._end_processes()
        while self._locks:
            self._locks.pop().close()

    def _end_processes(self) -> None:
        if self._process is not None:
            _end(self._process)
            self._process = None
        if self._guard is not None:
            self._guard.kill()
            self._guard.communicate()
            self._guard = None

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def _log(self) -> Path:
        return self._data_dir / "mongod.log"

    def _prepare_data_dir(self) -> None:
        self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self._data_dir / "mongo").mkdir(exist_ok=True)
        self._lock("server.lock", 0, f"Another server is using {self._data_dir}; stop it or set another DATA_DIR.")
        # Held by the mongod too: one whose server was killed is given the time to write its data.
        self._lock("mongod.lock", STOP_SECONDS, f"The last MongoDB of {self._data_dir} is still stopping; try again.")

    def _lock(self, name: str, seconds: float, refusal: str) -> None:
        file = (self._data_dir / name).open("wb")
        self._locks.append(file)
        deadline = time.monotonic() + seconds
        while True:
            try:
                return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise EmbeddedUnavailable(refusal) from None
            time.sleep(POLL_SECONDS)

    def _launch(self, binary: Path) -> int:
        """The port of a mongod that takes writes."""
        deadline = time.monotonic() + START_SECONDS
        for _ in range(PORT_TRIES):
            self._end_processes()
            port = _free_port()
            process = self._spawn(binary, port)
            self._set_guard(process.pid)
            if self._listens(process, deadline):
                self._become_primary(port, deadline)
                return port
            if process.poll() != PORT_TAKEN:
                break
        raise EmbeddedUnavailable(f"The bundled MongoDB does not start: {self._last_words()}")

    def _become_primary(self, port: int, deadline: float) -> None:
        try:
            replica_set.make_primary(port, deadline)
        except (PyMongoError, TimeoutError) as error:
            raise EmbeddedUnavailable(f"The bundled MongoDB takes no writes: {self._last_words()}") from error

    def _spawn(self, binary: Path, port: int) -> subprocess.Popen[bytes]:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own binary and arguments
                [binary, *self._arguments(port)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={"LC_ALL": "C"},  # none of the server's secrets, and no locale that mongod refuses
                pass_fds=[self._locks[-1].fileno()],
                start_new_session=True,  # the terminal's Ctrl-C does not reach it
            )
        return self._process

    def _set_guard(self, pid: int) -> None:
        self._guard = subprocess.Popen(  # noqa: S603 - a constant and a number
            ["/bin/sh", "-c", GUARD, f"guard of {self._data_dir}", str(pid)],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    def _listens(self, process: subprocess.Popen[bytes], deadline: float) -> bool:
        # Its own word: a connection to the port may reach another program that was faster to take it.
        while process.poll() is None and time.monotonic() < deadline:
            if b'"msg":"Waiting for connections"' in self._log.read_bytes():
                return True
            time.sleep(POLL_SECONDS)
        return False

    def _arguments(self, port: int) -> list[str]:
        flags = {
            "--dbpath": str(self._data_dir / "mongo"),
            "--bind_ip": "127.0.0.1",
            "--port": str(port),
            "--replSet": replica_set.NAME,
            "--oplogSize": str(OPLOG_MEGABYTES),
            "--wiredTigerCacheSizeGB": str(self._cache_gigabytes),
        }
        parameters = ["diagnosticDataCollectionEnabled=false", f"ttlMonitorSleepSecs={self._ttl_seconds}"]
        # No query of the server runs JavaScript in the database, so none can be made to.
        switches = ["--nounixsocket", "--noscripting", "--quiet"]
        pairs = [*flags.items(), *(("--setParameter", parameter) for parameter in parameters)]
        return switches + [word for pair in pairs for word in pair]

    def _last_words(self) -> str:
        code = self._process.poll() if self._process else None
        ending = "it is not ready in time" if code is None else f"it ended with code {code}"
        return f"{ending}; see {self._log}, or set MONGODB_URI."


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
