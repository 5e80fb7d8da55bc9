"""Settings come from the environment and `.env`; each wrong one is named in one line, and no secret is shown."""

import os
import stat
from pathlib import Path

import pytest
from pydantic import ValidationError

from graphql_api.settings import Settings, SettingsError, load_settings, settings_table
from graphql_api.signing_keys import ensure_secret

SECRET = "0123456789abcdef0123456789abcdef"
DIGEST = "a" * 64


DEFAULTS = {
    "host": "127.0.0.1",
    "port": 8000,
    "mongodb_uri": None,
    "mongodb_database": "graphql_api",
    "data_dir": Path(".data"),
    "auth_algorithm": "HS256",
    "auth_secret": None,
    "auth_jwks": None,
    "auth_issuer": "https://auth.localhost/",
    "auth_audience": "graphql-api",
    "auth_leeway_seconds": 30,
    "token_secret": None,
    "service_keys": {},
    "web_url": "http://localhost:3000",
    "graphiql": True,
    "introspection": True,
    "automatic_persisted_queries": True,
    "trusted_documents": "off",
    "trusted_manifest": None,
    "cors_origins": [],
    "trusted_proxies": [],
    "operation_seconds": 10.0,
    "page_limit": 100,
    "cost_limit": 5000,
    "pool_size": 50,
    "log_format": "console",
    "log_level": "info",
    "metrics": False,
    "answer_url": None,
    "answer_model": None,
    "answer_key": None,
    "answer_concurrency": 4,
    "answer_writes": 4.0,
    "answer_seconds": 300.0,
    "answer_wait_seconds": 60.0,
    "answer_in_server": False,
    "smtp_url": None,
    "mail_from": None,
    "mail_in_server": False,
    "match_in_server": False,
    "analyze_in_server": False,
}


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = {name.upper() for name in Settings.model_fields}
    for name in [name for name in os.environ if name.upper() in names]:
        monkeypatch.delenv(name)


def refusal(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as error:
        load_settings()
    assert error.value.__cause__ is None  # pydantic's own error quotes the values
    assert error.value.__context__ is None
    return str(error.value)


def test_defaults_suit_a_first_start() -> None:
    assert load_settings().model_dump() == DEFAULTS


def test_environment_wins_over_the_file_and_empty_counts_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    Path(".env").write_text("PORT=9000\nPAGE_LIMIT=50\nUNKNOWN=1\nLOG_LEVEL=\n")
    monkeypatch.setenv("PORT", "9001")
    monkeypatch.setenv("AUTH_ISSUER", "")
    settings = load_settings()
    assert (settings.port, settings.page_limit, settings.log_level) == (9001, 50, "info")
    assert settings.auth_issuer == "https://auth.localhost/"


def test_lists_are_separated_by_commas_and_service_keys_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CORS_ORIGINS", "https://app.example.com, http://localhost:3000")
    monkeypatch.setenv("TRUSTED_PROXIES", "10.0.0.0/8,::1")
    monkeypatch.setenv("SERVICE_KEYS", f'{{"billing-2": "{DIGEST}"}}')
    settings = load_settings()
    assert settings.cors_origins == ["https://app.example.com", "http://localhost:3000"]
    assert settings.trusted_proxies == ["10.0.0.0/8", "::1"]
    assert settings.service_keys == {"billing-2": DIGEST}


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("PORT", "abc", "PORT: must be between 0 and 65535, got 'abc'"),
        ("PORT", "65536", "PORT: must be between 0 and 65535, got '65536'"),
        ("AUTH_LEEWAY_SECONDS", "301", "AUTH_LEEWAY_SECONDS: must be between 0 and 300, got '301'"),
        ("OPERATION_SECONDS", "nan", "OPERATION_SECONDS: must be between 0.1 and 120, got 'nan'"),
        ("PAGE_LIMIT", "0", "PAGE_LIMIT: must be between 1 and 10000, got '0'"),
        ("COST_LIMIT", "10000001", "COST_LIMIT: must be between 1 and 10000000, got '10000001'"),
        ("METRICS", "2", "METRICS: must be true or false, got '2'"),
        ("AUTOMATIC_PERSISTED_QUERIES", "apollo", "AUTOMATIC_PERSISTED_QUERIES: must be true or false, got 'apollo'"),
        ("TRUSTED_DOCUMENTS", "all", "TRUSTED_DOCUMENTS: must be off or log or prefer or only, got 'all'"),
        *(
            (
                "TRUSTED_DOCUMENTS",
                mode,
                f"TRUSTED_MANIFEST: must be the file of the trusted documents, because TRUSTED_DOCUMENTS is {mode}",
            )
            for mode in ("log", "prefer", "only")
        ),
        ("POOL_SIZE", "x" * 200, f"POOL_SIZE: must be between 1 and 1000, got '{'x' * 80}'"),
        ("GRAPHIQL", "maybe", "GRAPHIQL: must be true or false, got 'maybe'"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT: must be console or json, got 'xml'"),
        ("AUTH_ALGORITHM", "none", "AUTH_ALGORITHM: must be HS256 or RS256 or ES256, got 'none'"),
        (
            "MONGODB_DATABASE",
            "a.b",
            "MONGODB_DATABASE: must be 1 to 63 letters, digits, '_' or '-', got 'a.b'",
        ),
        (
            "CORS_ORIGINS",
            "*",
            (
                "CORS_ORIGINS: must be origins such as https://app.example.com without a path, separated by commas, "
                "got '*'"
            ),
        ),
        (
            "TRUSTED_PROXIES",
            "*",
            "TRUSTED_PROXIES: must be IP addresses or networks such as 10.0.0.0/8, separated by commas, got '*'",
        ),
        (
            "AUTH_ALGORITHM",
            "ES256",
            "AUTH_JWKS: must be the URL or file of the public keys, because AUTH_ALGORITHM is ES256",
        ),
        ("AUTH_JWKS", "keys.json", "AUTH_JWKS: must be left out with HS256, or AUTH_ALGORITHM set to RS256 or ES256"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: str, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(monkeypatch, **{name: value}) == line


def test_a_manifest_goes_with_every_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUSTED_MANIFEST", "documents.json")
    for mode in ("off", "log", "prefer", "only"):
        monkeypatch.setenv("TRUSTED_DOCUMENTS", mode)
        settings = load_settings()
        assert (settings.trusted_documents, settings.trusted_manifest) == (mode, Path("documents.json"))


@pytest.mark.parametrize(
    "keys", ["hush", "[]", '{"a": 5}', '{"hush": "hush"}', f'{{"Hush": "{DIGEST}"}}', '{"a": null}']
)
def test_wrong_service_keys_are_not_shown(keys: str, monkeypatch: pytest.MonkeyPatch) -> None:
    line = refusal(monkeypatch, SERVICE_KEYS=keys)
    assert line.startswith("SERVICE_KEYS: must be a JSON object such as ")
    assert "hush" not in line.lower()
    assert "\n" not in line


def test_all_wrong_settings_are_named_at_once_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = refusal(monkeypatch, PORT="x", AUTH_SECRET="hush", MONGODB_URI="hush://root:hush@host", LOG_LEVEL="loud")
    assert lines.split("\n") == [
        "PORT: must be between 0 and 65535, got 'x'",
        "MONGODB_URI: must start with mongodb:// or mongodb+srv://",
        "AUTH_SECRET: must be 32 bytes or more, for instance the output of `openssl rand -hex 32`",
        "LOG_LEVEL: must be debug or info or warning or error, got 'loud'",
    ]


def test_settings_do_not_change_and_do_not_show_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_SECRET", SECRET)
    monkeypatch.setenv("MONGODB_URI", "mongodb://root:hush@host/")
    settings = load_settings()
    assert SECRET not in repr(settings)
    assert "hush" not in repr(settings)
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1  # type: ignore[misc]  # the plugin sees that it is frozen


def test_a_given_secret_is_used_and_nothing_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AUTH_SECRET", SECRET)
    assert ensure_secret(load_settings()) == SECRET
    assert list(tmp_path.iterdir()) == []


def test_a_missing_secret_is_made_once_and_kept_private(tmp_path: Path) -> None:
    settings = load_settings()
    first = ensure_secret(settings)
    assert len(first) == 64
    assert ensure_secret(settings) == first
    assert [path.name for path in (tmp_path / ".data").iterdir()] == ["secret"]
    assert stat.S_IMODE((tmp_path / ".data" / "secret").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / ".data").stat().st_mode) == 0o700


def test_a_short_kept_secret_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".data").mkdir()
    (tmp_path / ".data" / "secret").write_text("short\n")
    with pytest.raises(SettingsError) as error:
        ensure_secret(load_settings())
    assert str(error.value) == ".data/secret: must hold 32 characters or more; delete it to get a new one"


def test_table_has_a_row_for_each_setting() -> None:
    lines = settings_table().splitlines()
    assert lines[:4] == [
        "| Name | Default | Meaning |",
        "|---|---|---|",
        "| `HOST` | `127.0.0.1` | Address to listen on. |",
        "| `PORT` | `8000` | Port to listen on; 0 takes a free one. |",
    ]
    assert "| `GRAPHIQL` | `true` | Whether browsers get GraphiQL at `/graphql`. |" in lines
    assert "| `CORS_ORIGINS` |  | Origins of browser clients, separated by commas. |" in lines
    assert len(lines) == 2 + len(Settings.model_fields)
