"""Log lines of the server and its libraries: none that a value can forge, none with a token or variables."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal

import structlog
from structlog.typing import EventDict, Processor

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
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,  # plain: structlog's rich tracebacks show local variables
        _hide,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_without_query_string)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=before, processors=_renderers(log_format))
    )
    logging.root.handlers = [handler]
    logging.root.setLevel(level)
    for name, least in _LEAST_LEVELS.items():
        logging.getLogger(name).setLevel(max(level, least))


def bind_request_id(request_id: str) -> None:
    """Put this id on each log line of the current request, that is of the current task and those it starts."""
    structlog.contextvars.bind_contextvars(request_id=request_id)


def _renderers(log_format: Literal["console", "json"]) -> list[Processor]:
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if log_format == "json":
        return [meta, structlog.processors.JSONRenderer()]  # ASCII, hence without any control character
    return [meta, _escape, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]


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
        return _SECRETS.sub(HIDDEN, value)
    if isinstance(value, MutableMapping):
        return {inner: _hide_value(str(inner), item) for inner, item in value.items()}
    return value


def _escape(_logger: object, _method: str, event: EventDict) -> EventDict:
    # A traceback keeps its lines, each behind a bar, so that none can pass for an event.
    trace = event.pop("exception", None)
    escaped = {key: _escape_text(value if isinstance(value, str) else repr(value)) for key, value in event.items()}
    if isinstance(trace, str):
        escaped["exception"] = "\n".join("  | " + _escape_text(line) for line in trace.split("\n"))
    return escaped


def _escape_text(text: str) -> str:
    return _CONTROLS.sub(lambda match: match[0].encode("unicode_escape", "surrogatepass").decode(), text)
