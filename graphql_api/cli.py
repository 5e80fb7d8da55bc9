"""The command-line program. Each command imports its own part: `--help` and `token` need not wait for the schema."""

import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn, TypeVar

import typer

T = TypeVar("T")

app = typer.Typer(
    name="graphql-api",
    help="One GraphQL API for products that live on realtime data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Size = Literal["small", "medium", "large"]


@app.command()
def serve() -> None:
    """Serve the API; without MONGODB_URI on a MongoDB of its own, with demo data."""
    from graphql_api.commands.serve import run

    _run(run())


@app.command()
def answer() -> None:
    """Give advisors' answers, beside the servers; as many of these as there is to do."""
    from graphql_api.answering.command import run

    _run(run())


@app.command()
def mail() -> None:
    """Send the mails that wait, beside the servers; more than one of these is safe."""
    from graphql_api.commands.mail import run

    _run(run())


@app.command()
def match() -> None:
    """Tell buyers of listings that meet their saved searches, beside the servers; of several one is at work."""
    from graphql_api.commands.match import run

    _run(run())


@app.command()
def analyze() -> None:
    """Analyze offers for agents and end those whose time is over, beside the servers; more than one is safe."""
    from graphql_api.commands.analyze import run

    _run(run())


@app.command()
def schema(
    write: Annotated[bool, typer.Option("--write", help="Write schema.graphql instead of printing it.")] = False,
    since: Annotated[
        Path | None, typer.Option(help="Tell what would break clients of this older schema; fails if anything would.")
    ] = None,
) -> None:
    """Print the schema, write it down, or compare it with an older one."""
    from graphql_api.commands import schema as command

    if since is not None:
        raise typer.Exit(command.compare(since))
    command.show(write=write)


@app.command()
def access(
    write: Annotated[bool, typer.Option("--write", help="Write access.txt instead of printing it.")] = False,
) -> None:
    """Print who may read, create, update and delete what, in words."""
    from graphql_api.commands import access as command

    command.show(write=write)


@app.command()
def seed(
    size: Annotated[
        Size,
        typer.Option(
            help="small: the demo. medium: 1,000 conversations, 100,000 messages, 2,000 listings. "
            "large: besides, 50,000 listings and 1,000,000 views."
        ),
    ] = "small",
    force: Annotated[bool, typer.Option("--force", help="Replace the demo data that are there.")] = False,
) -> None:
    """Fill the database with demo data."""
    from graphql_api.commands.seed import run

    _run(run(size, force=force))


@app.command()
def token(
    subject: Annotated[str, typer.Argument(help="Whose token: the `sub` claim.")] = "demo",
    hours: Annotated[float, typer.Option(help="Hours until it expires.", min=0.01)] = 24,
    service: Annotated[str, typer.Option(help="Make a key for this service instead, and say how to set it.")] = "",
) -> None:
    """Make a bearer token (HS256), or the key of a service."""
    from graphql_api.commands.token import show

    try:
        show(subject, hours, service)
    except ValueError as error:
        _fail(str(error))


@app.command()
def doctor(
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    drop: Annotated[
        bool,
        typer.Option(
            "--drop-indexes",
            help="Replace indexes that differ, drop those declared nowhere, and end images that no table declares.",
        ),
    ] = False,
) -> None:
    """Examine the database: tables, rows, indexes and their use, and whatever is wrong."""
    from graphql_api.commands.doctor import run

    raise typer.Exit(_run(run(as_json=json, drop=drop)))


def _run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command; what the user can mend is one line on standard error, without a traceback."""
    import uvloop

    from graphql_api.commands.trouble import MENDABLE

    try:
        return uvloop.run(work)
    except MENDABLE as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


def _fail(message: str) -> NoReturn:
    typer.secho(message, fg="red", err=True)
    raise typer.Exit(1)
