"""Log lines of the server and its libraries: none that a value can forge, none with a token or variables."""

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from contextvars import ContextVar
from typing import Any, Literal

import orjson
import structlog
from structlog.typing import EventDict, Processor

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request that the current task serves; it stands on each log line of that task and those it starts."""

HIDDEN = "[hidden]"
HIDDEN_KEYS = {"authorization", "password", "secret", "token", "variables"}

# Signed tokens, service keys, and passwords in URLs, wherever a library's text may quote one.
_SECRETS = re.compile(
    r"\beyJ[\w-]+\.[\w-]*\.[\w-]*|\bsvc_[a-z0-9-]+_[\w-]{20,}|(?<=://)[^\s/@]+(?=@)|(?i:(?<=bearer )[\w.~+/=-]+)"
)
# C0 and C1 controls, and what some viewers take for the end of a line or for a change of direction.
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

# These quote commands, URLs or documents, and so what the client sent.
_LEAST_LEVELS = {
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "pymongo": logging.WARNING,
    "strawberry.execution": logging.CRITICAL,
}


def configure_logs(log_format: Literal["console", "json"], log_level: str) -> None:
    """Send all logs of the process to standard error, from `log_level` (debug, info, warning, error) upwards."""
    level = logging.getLevelNamesMapping()[log_level.upper()]
    before: list[Processor] = [
        _with_request_id,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,  # plain: structlog's rich tracebacks show local variables
        _hide,
    ]
    renderer = _json if log_format == "json" else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    after: list[Processor] = [renderer] if log_format == "json" else [_escape, renderer]
    structlog.configure(
        processors=[*before, *after],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # Not through `logging`, which costs five times as much as all else on the line of a request.
        logger_factory=_Lines,
        cache_logger_on_first_use=True,
    )
    _configure_libraries(level, before, after)


def _configure_libraries(level: int, before: list[Processor], after: list[Processor]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_without_query_string)
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=[meta, *after]))
    logging.root.handlers = [handler]
    logging.root.setLevel(level)
    for name, least in _LEAST_LEVELS.items():
        logging.getLogger(name).setLevel(max(level, least))


class _Lines(structlog.WriteLogger):
    """Writes finished lines to standard error, each at once."""

    def __init__(self, name: str = "") -> None:
        super().__init__(sys.stderr)
        self.name = name


def _with_request_id(_logger: object, _method: str, event: EventDict) -> EventDict:
    if request_id := REQUEST_ID.get():
        event["request_id"] = request_id
    return event


def _json(_logger: object, _method: str, event: EventDict) -> str:
    """The event in ASCII, hence without any control character."""
    try:
        line = orjson.dumps(event, default=repr)
    except TypeError:
        # Lone surrogates and integers beyond 64 bits, which a library may quote.
        return json.dumps(event, default=repr)
    return line.decode() if line.isascii() else json.dumps(orjson.loads(line))


def _without_query_string(record: logging.LogRecord) -> bool:
    # Queries by GET carry their variables there, and uvicorn logs the path as one of a message's arguments.
    if record.name.startswith("uvicorn") and isinstance(record.args, tuple):
        record.args = tuple(
            arg.partition("?")[0] if isinstance(arg, str) and arg.startswith("/") else arg for arg in record.args
        )
    return True


def _hide(_logger: object, _method: str, event: EventDict) -> EventDict:
    return {key: _hide_value(key, value) for key, value in event.items()}


def _hide_value(key: str, value: Any) -> Any:
    if key.lower() in HIDDEN_KEYS:
        return HIDDEN
    if isinstance(value, str):
        return _SECRETS.sub(HIDDEN, value) if _may_quote_a_secret(value) else value
    if isinstance(value, MutableMapping):
        return {inner: _hide_value(str(inner), item) for inner, item in value.items()}
    return value


def _may_quote_a_secret(text: str) -> bool:
    # What `_SECRETS` finds has one of these; looking for them is five times as fast.
    return "eyJ" in text or "svc_" in text or "://" in text or "bearer" in text.lower()


def _escape(_logger: object, _method: str, event: EventDict) -> EventDict:
    # A traceback keeps its lines, each behind a bar, so that none can pass for an event.
    trace = event.pop("exception", None)
    escaped = {key: _escape_text(value if isinstance(value, str) else repr(value)) for key, value in event.items()}
    if isinstance(trace, str):
        escaped["exception"] = "\n".join("  | " + _escape_text(line) for line in trace.split("\n"))
    return escaped


def _escape_text(text: str) -> str:
    return _CONTROLS.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode(), text)
