"""The containers' files hold what a deployment relies on, as docker-compose itself reads them."""

import json
import os
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from graphql_api.settings import Settings

ROOT = Path(__file__).parents[2]
SECRET = "0123456789abcdef0123456789abcdef"


def compose(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """`docker-compose config`, in a folder without an `.env` of somebody's own."""
    copy = tmp_path / "docker-compose.yml"
    copy.write_text((ROOT / "docker-compose.yml").read_text())
    command = ["docker-compose", "-f", str(copy), "config"]
    clean = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(command, cwd=tmp_path, env=clean, capture_output=True, text=True, check=False)


def services(tmp_path: Path, **environment: str) -> dict[str, Any]:
    result = compose(tmp_path, AUTH_SECRET=SECRET, **environment)
    assert result.returncode == 0, result.stderr
    found: dict[str, Any] = yaml.safe_load(result.stdout)["services"]
    return found


def instructions() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def test_compose_starts_the_server_after_a_ready_database(tmp_path: Path) -> None:
    found = services(tmp_path)
    assert set(found) == {"server", "mongo"}
    server, mongo = found["server"], found["mongo"]
    assert server["depends_on"] == {"mongo": {"condition": "service_healthy"}}
    assert server["environment"]["MONGODB_URI"] == "mongodb://mongo:27017/?replicaSet=rs0"
    assert mongo["image"] == "mongo:8"
    assert mongo["volumes"] == ["mongo:/data/db:rw"]
    assert [service["restart"] for service in (server, mongo)] == ["unless-stopped", "unless-stopped"]


def test_compose_checks_the_health_of_both(tmp_path: Path) -> None:
    found = services(tmp_path)
    assert "http://127.0.0.1:8000/health/ready" in found["server"]["healthcheck"]["test"][-1]
    assert found["mongo"]["healthcheck"]["test"][:4] == ["CMD", "mongosh", "--quiet", "--eval"]
    script = found["mongo"]["healthcheck"]["test"][4]
    assert 'rs.initiate({ _id: "rs0", members: [{ _id: 0, host: "mongo:27017" }] })' in script
    assert "isWritablePrimary) quit(1)" in script


def test_compose_shows_strangers_nothing_by_default(tmp_path: Path) -> None:
    found = services(tmp_path)
    environment = found["server"]["environment"]
    assert (environment["GRAPHIQL"], environment["INTROSPECTION"]) == ("false", "false")
    assert found["server"]["ports"] == ["127.0.0.1:8000:8000/tcp"]
    assert "ports" not in found["mongo"]
    assert found["server"]["read_only"] is True
    opened = services(tmp_path, GRAPHIQL="true", INTROSPECTION="true")["server"]["environment"]
    assert (opened["GRAPHIQL"], opened["INTROSPECTION"]) == ("true", "true")


def test_compose_gives_settings_that_the_server_knows_and_accepts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    environment = services(tmp_path)["server"]["environment"]
    assert {name.lower() for name in environment} <= set(Settings.model_fields)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings(_env_file=None)
    assert (settings.graphiql, settings.introspection) == (False, False)
    assert settings.auth_issuer == "https://auth.localhost/"


def test_compose_refuses_to_start_without_a_secret(tmp_path: Path) -> None:
    for environment in ({}, {"AUTH_SECRET": ""}):
        result = compose(tmp_path, **environment)
        assert result.returncode == 1
        assert "set it to 32 random bytes or more" in result.stderr


def test_image_runs_as_a_number_and_ends_on_sigterm() -> None:
    found = dict(instructions())
    assert found["USER"] == "10001:10001"
    assert found["STOPSIGNAL"] == "SIGTERM"
    assert json.loads(found["CMD"]) == ["python", "-m", "graphql_api", "serve"]
    assert [word for word, _ in instructions()][-4:] == ["EXPOSE", "STOPSIGNAL", "HEALTHCHECK", "CMD"]


def test_image_asks_for_readiness() -> None:
    check = dict(instructions())["HEALTHCHECK"].partition("CMD")[2]
    program = json.loads(check)
    assert program[:2] == ["python", "-c"]
    assert "/health/ready" in program[2]
    compile(program[2], "HEALTHCHECK", "exec")


def test_image_is_built_of_the_tree_and_of_pinned_packages_only() -> None:
    found = instructions()
    assert "ADD" not in [word for word, _ in found]
    assert [image for word, image in found if word == "FROM"] == ["python:3.11-slim AS packages", "python:3.11-slim"]
    copies = [shlex.split(rest) for word, rest in found if word == "COPY"]
    sources = [source for *given, _ in copies for source in given if not given[0].startswith("--from")]
    assert sources == ["requirements-server.lock", "graphql_api", "resolvers", "models"]
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    for source in sources:
        assert (ROOT / source).exists()
        assert f"!{source}" in allowed
    (install,) = [rest for word, rest in found if word == "RUN" and "pip install" in rest]
    assert "--require-hashes" in install


def test_image_holds_no_secret() -> None:
    given = " ".join(rest for word, rest in instructions() if word in {"ENV", "ARG"})
    assert given == ("PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 HOST=0.0.0.0 LOG_FORMAT=json")


def test_locks_pin_one_version_of_each_package_with_hashes_and_no_address() -> None:
    whole, server = ((ROOT / name).read_text() for name in ("requirements.lock", "requirements-server.lock"))
    for lock in (whole, server):
        assert "://" not in lock
        pins = [line for line in lock.splitlines() if line[:1].isalnum()]
        assert all("==" in pin and pin.endswith("\\") for pin in pins)
        assert lock.count("--hash=sha256:") >= len(pins)
    assert {pin for pin in server.splitlines() if "==" in pin} <= {pin for pin in whole.splitlines() if "==" in pin}
    assert "pytest==" not in server
    assert "fiftyone" not in server
