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
from graphql_api.logs import bind_request_id, configure_logs
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
    assert events("bind_request_id('r1'); log.info('served', rows=3); log.debug('unseen')") == [
        {"event": "served", "level": "info", "logger": "graphql_api.trial", "request_id": "r1", "rows": 3}
    ]


def test_libraries_go_the_same_way() -> None:
    assert events("bind_request_id('r1'); logging.getLogger('uvicorn.error').warning('port %s', 5)") == [
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
