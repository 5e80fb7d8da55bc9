"""Makes bearer tokens for trying things out, and keys for services."""

import typer

from graphql_api.app import token_rules
from graphql_api.auth.minting import mint
from graphql_api.auth.service_keys import new_service_key
from graphql_api.settings import load_settings


def show(subject: str, hours: float, service: str) -> None:
    """Print a token on standard output, or a service's key with the setting it needs. Raises ValueError."""
    if service:
        key, digest = new_service_key(service)
        typer.echo(key)
        typer.echo(
            f'Keep the key; it is shown once. The server needs: SERVICE_KEYS=\'{{"{service}": "{digest}"}}\'', err=True
        )
        return
    rules = token_rules(load_settings())
    typer.echo(mint(rules, subject, lifetime_seconds=int(hours * 3600)))
