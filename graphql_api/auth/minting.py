"""Makes tokens with the shared HS256 secret, for the demonstration and the tests; providers make the others."""

import time

import jwt

from graphql_api.auth.tokens import TokenRules


def mint(
    rules: TokenRules, subject: str, *, lifetime_seconds: int, email: str | None = None, name: str | None = None
) -> str:
    """Return a token that these rules believe until `lifetime_seconds` from now; HS256 only, else `ValueError`."""
    if rules.algorithm != "HS256" or rules.secret is None:
        raise ValueError(f"AUTH_ALGORITHM must be HS256 to make tokens here; with {rules.algorithm} the provider does.")
    now = int(time.time())
    payload = {
        "iss": rules.issuer,
        "aud": rules.audience,
        "sub": subject,
        "iat": now,
        "exp": now + lifetime_seconds,
        "email": email,
        "email_verified": None if email is None else True,
        "name": name,
    }
    said = {claim: value for claim, value in payload.items() if value is not None}
    return jwt.encode(said, rules.secret, algorithm="HS256")
