"""The refusal of an HTTP request that is no well-formed GraphQL request, or that this server does not serve."""

from collections.abc import Mapping


class HttpRefusal(Exception):
    """A request answered with `status`, one error with `code` and `message`, and `headers`, whatever it accepts."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def bad_request(message: str) -> HttpRefusal:
    """Return the refusal of a malformed request: 400."""
    return HttpRefusal(400, "BAD_REQUEST", message)
