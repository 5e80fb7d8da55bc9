"""The keys that tokens are signed with: those of the settings, or random ones kept from one start to the next."""

import hmac
import os
import secrets
from pathlib import Path

from pydantic import SecretStr

from graphql_api.settings import MIN_SECRET_BYTES, Settings, SettingsError


def ensure_secret(settings: Settings) -> str:
    """The HS256 key: the one that is set, else a random one kept for the next start in `data_dir/secret`."""
    return _ensured(settings.auth_secret, settings.data_dir / "secret")


def ensure_token_secret(settings: Settings) -> str:
    """The key of the server's own tokens: the one that is set, else one made of `AUTH_SECRET` where that is set, else a
    random one in `data_dir/token_secret`."""
    if settings.token_secret is None and settings.auth_secret is not None:
        secret = settings.auth_secret.get_secret_value().encode()
        return hmac.digest(secret, b"own tokens", "sha256").hex()
    return _ensured(settings.token_secret, settings.data_dir / "token_secret")


def _ensured(given: SecretStr | None, path: Path) -> str:
    if given is not None:
        return given.get_secret_value()
    if not path.exists():
        _keep_new_secret(path)
    secret = path.read_text().strip()
    if len(secret) < MIN_SECRET_BYTES:
        raise SettingsError(f"{path}: must hold {MIN_SECRET_BYTES} characters or more; delete it to get a new one")
    return secret


def _keep_new_secret(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(48))
    try:
        # A link appears whole or not at all, so that of two servers starting at once both use the first one's.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
