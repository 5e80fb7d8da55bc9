"""The server's settings, read from the environment and `.env`, with one clear line for each that is wrong."""

import json
import re
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, get_args, get_origin

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from graphql_api.limits import COST
from graphql_api.mail.addresses import MailFrom, SmtpUrl
from models.principal import OWN_ISSUER

MIN_SECRET_BYTES = 32  # RFC 7518 §3.2: an HS256 key is at least as long as the hash
SHOWN_CHARACTERS = 80

_NEEDED = {
    "answer_model": ("answer_url", "the name of the model"),
    "mail_from": ("smtp_url", "the address that mails come from"),
}
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+")
_SERVICE_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_SHA256_HEX = re.compile(r"[0-9a-f]{64}")
_DATABASE = re.compile(r"[A-Za-z0-9_-]{1,63}")
_WEB = re.compile(r"https?://[^\s?#]+")
_MONGODB_URI = re.compile(r"mongodb(\+srv)?://.+")


class SettingsError(Exception):
    """One or more settings are wrong; the message has one line for each, without any secret."""


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _parse_service_keys(value: object) -> object:
    try:
        keys = json.loads(value) if isinstance(value, str) else value
    except json.JSONDecodeError:
        keys = None
    if not isinstance(keys, dict) or not all(map(_is_service_key, keys, keys.values())):
        raise ValueError(
            'must be a JSON object such as {"billing": "<64 hexadecimal digits>"}: '
            "names of a-z, 0-9 and '-', and the SHA-256 of each key in lower case"
        )
    return keys


def _is_service_key(name: object, digest: object) -> bool:
    texts = isinstance(name, str) and isinstance(digest, str)
    return texts and bool(_SERVICE_NAME.fullmatch(str(name)) and _SHA256_HEX.fullmatch(str(digest)))


def _check_proxies(proxies: list[str]) -> list[str]:
    for proxy in proxies:
        try:
            ip_network(proxy)
        except ValueError:
            raise ValueError("must be IP addresses or networks such as 10.0.0.0/8, separated by commas") from None
    return proxies


def _check_origins(origins: list[str]) -> list[str]:
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError("must be origins such as https://app.example.com without a path, separated by commas")
    return origins


def _check_issuer(issuer: str) -> str:
    if issuer == OWN_ISSUER:
        # A provider's subject would be the account of somebody who signs in here.
        raise ValueError("must be the identity provider's: this one names accounts of the server's own")
    return issuer


def _matching(pattern: re.Pattern[str], must: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not pattern.fullmatch(value):
            raise ValueError(must)
        return value

    return check


MongodbUri = Annotated[str, AfterValidator(_matching(_MONGODB_URI, "must start with mongodb:// or mongodb+srv://"))]
WebUrl = Annotated[str, AfterValidator(_matching(_WEB, "must start with http:// or https://, without a query"))]

Issuer = Annotated[str, AfterValidator(_check_issuer)]
DatabaseName = Annotated[str, AfterValidator(_matching(_DATABASE, "must be 1 to 63 letters, digits, '_' or '-'"))]
Words = Annotated[list[str], NoDecode, BeforeValidator(_split)]
ServiceKeyHashes = Annotated[dict[str, str], NoDecode, BeforeValidator(_parse_service_keys)]


class Settings(BaseSettings):
    """All settings of one server; the environment wins over `.env`, and an empty value counts as not given."""

    model_config = SettingsConfigDict(
        frozen=True, env_file=".env", env_ignore_empty=True, extra="ignore", validate_default=True
    )

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    mongodb_uri: MongodbUri | None = Field(
        None, repr=False, description="MongoDB to use, a replica set; without it the bundled one is started."
    )
    mongodb_database: DatabaseName = Field("graphql_api", description="Name of the database.")
    data_dir: Path = Field(Path(".data"), description="Folder for the bundled MongoDB and the generated secret.")
    auth_algorithm: Literal["HS256", "RS256", "ES256"] = Field(
        "HS256", description="The one algorithm that tokens are signed with."
    )
    auth_secret: SecretStr | None = Field(
        None, description="HS256 key, 32 bytes or more; without it a random one is kept in `DATA_DIR/secret`."
    )
    auth_jwks: str | None = Field(
        None, repr=False, description="URL or file of the public keys; RS256 and ES256 need it."
    )
    auth_issuer: Issuer = Field("https://auth.localhost/", description="The `iss` that tokens must carry.")
    auth_audience: str = Field("graphql-api", description="The `aud` that tokens must carry.")
    auth_leeway_seconds: int = Field(30, ge=0, le=300, description="Seconds of clock difference that are forgiven.")
    token_secret: SecretStr | None = Field(
        None,
        description="Key of the tokens that the server gives itself, 32 bytes or more; "
        "without it one made of `AUTH_SECRET`, or else a random one in `DATA_DIR/token_secret`.",
    )
    service_keys: ServiceKeyHashes = Field(
        {}, repr=False, description="Keys of services: a JSON object from name to the key's SHA-256 in hex."
    )
    web_url: WebUrl = Field(
        "http://localhost:3000", description="Address of the web application, to which mailed links lead."
    )
    graphiql: bool = Field(True, description="Whether browsers get GraphiQL at `/graphql`.")
    introspection: bool = Field(True, description="Whether clients may read the schema.")
    automatic_persisted_queries: bool = Field(
        True, description="Whether clients may register documents by their SHA-256, as Apollo's do."
    )
    trusted_documents: Literal["off", "log", "prefer", "only"] = Field(
        "off", description="Which documents run: see [trusted documents](docs/trusted-documents.md)."
    )
    trusted_manifest: Path | None = Field(
        None, description="File of the trusted documents, as Relay, Apollo or GraphQL Code Generator write it."
    )
    cors_origins: Annotated[Words, AfterValidator(_check_origins)] = Field(
        [], description="Origins of browser clients, separated by commas."
    )
    trusted_proxies: Annotated[Words, AfterValidator(_check_proxies)] = Field(
        [], description="Addresses of proxies whose `X-Forwarded-For` is believed, separated by commas."
    )
    operation_seconds: float = Field(10.0, ge=0.1, le=120, description="Seconds that one operation may take.")
    page_limit: int = Field(100, ge=1, le=10_000, description="Most rows that a list gives at once.")
    cost_limit: int = Field(COST, ge=1, le=10_000_000, description="Most that one operation may cost.")
    pool_size: int = Field(50, ge=1, le=1000, description="Most connections to MongoDB of one process.")
    log_format: Literal["console", "json"] = Field("console", description="Log lines for people or for machines.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")
    metrics: bool = Field(False, description="Whether counters are served at `/metrics`.")

    answer_url: WebUrl | None = Field(
        None,
        repr=False,
        description="Endpoint of a language model that speaks OpenAI's protocol, up to `/chat/completions`; "
        "without it a built-in responder answers, which is no model.",
    )
    answer_model: str | None = Field(None, description="Name of the model; `ANSWER_URL` needs it.")
    answer_key: SecretStr | None = Field(None, description="Key that the endpoint wants as a bearer token.")
    answer_concurrency: int = Field(4, ge=1, le=1000, description="Most answers that one worker gives at once.")
    answer_writes: float = Field(4.0, ge=0.1, le=20, description="Most writes a second to one answer while it grows.")
    answer_seconds: float = Field(300.0, ge=1, le=3600, description="Seconds that one answer may take.")
    answer_wait_seconds: float = Field(60.0, ge=1, le=600, description="Seconds for which the endpoint may be silent.")
    answer_in_server: bool = Field(
        False, description="Whether `serve` gives answers as well, as it always does with the bundled MongoDB."
    )

    smtp_url: SmtpUrl | None = Field(
        None, repr=False, description="Server for mails, `smtp://user:password@host:587`: see [mail](docs/mail.md)."
    )
    mail_from: MailFrom | None = Field(None, description="Address that mails come from; `SMTP_URL` needs it.")
    mail_in_server: bool = Field(
        False, description="Whether `serve` sends mails as well, as it always does with the bundled MongoDB."
    )
    match_in_server: bool = Field(
        False,
        description="Whether `serve` tells of [matches](docs/saved-searches.md) as well, "
        "as it always does with the bundled MongoDB.",
    )
    analyze_in_server: bool = Field(
        False,
        description="Whether `serve` [analyzes offers](docs/analysis.md) as well, "
        "as it always does with the bundled MongoDB.",
    )

    @field_validator("auth_secret", "token_secret")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value().encode()) < MIN_SECRET_BYTES:
            raise ValueError(
                f"must be {MIN_SECRET_BYTES} bytes or more, for instance the output of `openssl rand -hex 32`"
            )
        return secret

    @field_validator("token_secret")
    @classmethod
    def _own(cls, secret: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if secret is not None and secret == info.data.get("auth_secret"):
            raise ValueError("must be another one than AUTH_SECRET, whose holders would sign in as anybody")
        return secret

    @field_validator("auth_jwks")
    @classmethod
    def _fits_algorithm(cls, jwks: str | None, info: ValidationInfo) -> str | None:
        algorithm = info.data.get("auth_algorithm")
        if jwks is None and algorithm in {"RS256", "ES256"}:
            raise ValueError(f"must be the URL or file of the public keys, because AUTH_ALGORITHM is {algorithm}")
        if jwks is not None and algorithm == "HS256":
            raise ValueError("must be left out with HS256, or AUTH_ALGORITHM set to RS256 or ES256")
        return jwks

    @field_validator("answer_model", "mail_from")
    @classmethod
    def _there_when_needed(cls, value: str | None, info: ValidationInfo) -> str | None:
        asked, what = _NEEDED[str(info.field_name)]
        if value is None and info.data.get(asked) is not None:
            raise ValueError(f"must be {what}, because {asked.upper()} is set")
        return value

    @field_validator("trusted_manifest")
    @classmethod
    def _there_when_used(cls, manifest: Path | None, info: ValidationInfo) -> Path | None:
        mode = info.data.get("trusted_documents", "off")
        if manifest is None and mode != "off":
            raise ValueError(f"must be the file of the trusted documents, because TRUSTED_DOCUMENTS is {mode}")
        return manifest


def load_settings() -> Settings:
    """The settings of the environment and `.env`; `SettingsError` has a line for each that is wrong."""
    try:
        return Settings()
    except ValidationError as error:
        details = error.errors(include_url=False)
    # Raised outside the handler: pydantic's own error, which quotes the values, must not be chained to it.
    raise SettingsError("\n".join(dict.fromkeys(map(_explain, details))))


def _explain(error: ErrorDetails) -> str:
    name = str(error["loc"][0])
    field = Settings.model_fields[name]
    must = str(error["ctx"]["error"]) if error["type"] == "value_error" else _expectation(field)
    shown = error["input"] is not None and not _secret(field)
    return f"{name.upper()}: {must}" + (f", got {str(error['input'])[:SHOWN_CHARACTERS]!r}" if shown else "")


def _secret(field: FieldInfo) -> bool:
    """Whether it holds a secret, or a URL that may have a password: then it is shown nowhere."""
    return not field.repr or SecretStr in get_args(field.annotation)


def _expectation(field: FieldInfo) -> str:
    if field.annotation is bool:
        return "must be true or false"
    if get_origin(field.annotation) is Literal:
        return f"must be {' or '.join(get_args(field.annotation))}"
    least = [bound.ge for bound in field.metadata if hasattr(bound, "ge")]
    most = [bound.le for bound in field.metadata if hasattr(bound, "le")]
    if least and most:
        return f"must be between {least[0]} and {most[0]}"
    return f"must be text ({field.description})"


def settings_table() -> str:
    """The settings as a Markdown table: name, default, meaning."""
    rows = [
        f"| `{name.upper()}` | {_shown_default(field.default)} | {field.description} |"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| Name | Default | Meaning |", "|---|---|---|", *rows]) + "\n"


def _shown_default(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return "" if value in (None, [], {}) else f"`{value}`"
