"""The two ways in which recognising a caller fails: the credential is bad, or it cannot be checked now."""


class InvalidToken(Exception):
    """The credential of a request is refused (401); such a caller never goes on as anonymous.

    `reason` is one or two words that may be shown to anybody, such as "expired", "signature" or "issuer".
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The token is not valid: {reason}. Sign in again.")
        self.reason = reason


class KeysUnavailable(Exception):
    """The keys that verify tokens could not be loaded (503): nobody can be told from a stranger now."""

    def __init__(self) -> None:
        super().__init__("The keys of AUTH_JWKS cannot be loaded now; try again in a few seconds.")
