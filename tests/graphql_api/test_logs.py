"""No value can forge a log line, and neither tokens nor variables reach one."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl"
START = """
import logging, sys, structlog
from graphql_api.logs import REQUEST_ID, configure_logs
configure_logs(sys.argv[1], sys.argv[2])
log = structlog.get_logger("graphql_api.trial")
"""


def written(code: str, log_format: str = "json", level: str = "info") -> str:
    """What a process of its own, as the configuration is the process's, writes to standard error."""
    command = [sys.executable, "-W", "error", "-c", START + code, log_format, level]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == ""
    return result.stderr


def events(code: str, level: str = "info") -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in written(code, level=level).splitlines()]
    assert all(line.pop("timestamp").endswith("Z") for line in lines)
    return lines


def test_events_are_json_lines_with_the_request_id() -> None:
    assert events("REQUEST_ID.set('r1'); log.info('served', rows=3); log.debug('unseen')") == [
        {"event": "served", "level": "info", "logger": "graphql_api.trial", "request_id": "r1", "rows": 3}
    ]


def test_libraries_go_the_same_way() -> None:
    assert events("REQUEST_ID.set('r1'); logging.getLogger('uvicorn.error').warning('port %s', 5)") == [
        {"event": "port 5", "level": "warning", "logger": "uvicorn.error", "request_id": "r1"}
    ]


def test_paths_lose_their_query_string() -> None:
    code = """logging.getLogger('uvicorn.access').info(
        '%s - "%s %s HTTP/%s" %d', '1.2.3.4:5', 'GET', '/graphql?query=x&variables=y', '1.1', 200)"""
    assert events(code)[0]["event"] == '1.2.3.4:5 - "GET /graphql HTTP/1.1" 200'


def test_tokens_passwords_and_variables_are_hidden() -> None:
    code = f"""log.info("token {TOKEN} of svc_billing_{"x" * 43}", token="a", Authorization="b",
        body={{"variables": {{"name": "Ann"}}, "rows": 2, "note": "{TOKEN}"}}, uri="mongodb://root:hush@host/")
logging.getLogger("library").error("Authorization: Bearer abc.def")"""
    assert events(code) == [
        {
            "event": "token [hidden] of [hidden]",
            "token": "[hidden]",
            "Authorization": "[hidden]",
            "body": {"variables": "[hidden]", "rows": 2, "note": "[hidden]"},
            "uri": "mongodb://[hidden]@host/",
            "level": "info",
            "logger": "graphql_api.trial",
        },
        {"event": "Authorization: Bearer [hidden]", "level": "error", "logger": "library"},
    ]


def test_what_quotes_documents_commands_and_urls_stays_silent() -> None:
    code = """
for name in ("pymongo.command", "httpx", "httpcore.http11"):
    logging.getLogger(name).info("quoted"); logging.getLogger(name).warning("heard")
logging.getLogger("strawberry.execution").error("quoted")"""
    assert [event["event"] for event in events(code, level="debug")] == ["heard", "heard", "heard"]


def test_no_value_forges_a_console_line() -> None:
    code = r"""log.warning("one\n2026 forged\x1b[31m", path="/a\r\nb\u2028c", items=["x\ny"])"""
    lines = written(code, "console").splitlines()
    assert len(lines) == 1
    assert r"one\n2026 forged\x1b[31m" in lines[0]
    assert r"path=/a\r\nb\u2028c" in lines[0]


def test_a_traceback_stands_behind_bars_and_shows_no_local_variables() -> None:
    code = r"""
def fail(hushed):
    raise ValueError("wrong\n2026 forged \x9b31m")
try:
    fail("hu" + "sh-hush")
except ValueError:
    log.exception("failed")"""
    first, *trace = written(code, "console").splitlines()
    assert "failed" in first
    assert trace[0] == "  | Traceback (most recent call last):"
    assert trace[-2:] == ["  | ValueError: wrong", r"  | 2026 forged \x9b31m"]
    assert all(line.startswith("  | ") for line in trace)
    assert "hush-hush" not in "".join(trace)


def test_json_keeps_a_traceback_in_one_line() -> None:
    code = "try: 1 / 0\nexcept ZeroDivisionError: log.exception('failed', id='q')"
    (event,) = events(code)
    assert (event["event"], event["id"]) == ("failed", "q")
    assert event["exception"].endswith("ZeroDivisionError: division by zero")


def test_json_is_ascii_and_holds_whatever_a_library_quotes() -> None:
    code = r"""log.info(
        "Zo\u00eb \u2028\x9b \U0001f642", lone="\ud800", huge=2**70, kind=int, odd={5: "a"}, path="/a\r\nb")"""
    line = written(code)
    assert line.isascii()
    assert line.count("\n") == 1
    event = json.loads(line)
    assert event["event"] == "Zo\u00eb \u2028\x9b \U0001f642"
    assert (event["lone"], event["huge"], event["kind"]) == ("\ud800", 2**70, "<class 'int'>")
    assert (event["odd"], event["path"]) == ({"5": "a"}, "/a\r\nb")


def test_what_is_below_the_level_is_not_written() -> None:
    assert written("log.info('unseen'); log.warning('seen')", level="warning").count("\n") == 1


def test_a_log_configured_once_can_still_be_listened_to() -> None:
    code = """
from structlog.testing import capture_logs
log.info("before")
with capture_logs() as lines:
    log.info("heard")
log.info(str(lines))"""
    assert [event["event"] for event in events(code)] == ["before", "[{'event': 'heard', 'log_level': 'info'}]"]
