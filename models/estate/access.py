"""How long what gives agents and their clients access is good for, and how many mistakes it forgives."""

ACCESS_SECONDS = 15 * 60
"""Of an access token. It ends sooner with its sign-in."""

REFRESH_SECONDS = 30 * 24 * 3600
"""Within which a refresh token must be exchanged for the next one."""

PORTAL_SECONDS = 8 * 3600
"""Of the token of a portal or chat, at most: a working day. It ends sooner with the portal, or with its code."""

TOUCHED_SECONDS = 60
"""A portal notes that it is in use at most once in this time."""

INVITATION_SECONDS = 7 * 24 * 3600
RESET_SECONDS = 3600

MOST_FAILURES = 10
"""Wrong passwords in a row, after which an agent is locked out for a while."""

LOCK_SECONDS = 15 * 60

PASSWORD_CHARACTERS = (12, 200)
"""Fewest and most characters of a password (NIST SP 800-63B §3.1.1 asks for no less than 8, and no rules of what is in
it)."""

REMEMBERED = 50
"""Former refresh tokens of a sign-in that are recognised when they come again."""
