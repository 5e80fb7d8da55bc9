"""Serves: settings, database, demo data, banner, and the HTTP server until it is told to stop."""

import asyncio
import gc
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import uvicorn
from rich.console import Console
from rich.markup import escape

from graphql_api.app import build_app, graphiql, token_rules
from graphql_api.auth.minting import mint
from graphql_api.commands.opening import Opened, opened
from graphql_api.commands.trouble import AddressTaken
from graphql_api.http.assets import Assets, install_assets
from graphql_api.limits import SEND_SECONDS, SOCKET_MESSAGE_BYTES
from graphql_api.logs import configure_logs
from graphql_api.settings import Settings, load_settings
from models.store.indexes import IMAGES

DRAIN_SECONDS = 15
"""How long requests under way may take to end after the server was told to stop."""

KEEP_ALIVE_SECONDS = 75
"""Longer than the 60 s for which common balancers keep a connection: they close it first, and lose no request."""

BACKLOG = 2048
"""Connections that may wait to be accepted."""

GARBAGE = 50_000
"""Objects that are made, less those that are freed, between two looks for garbage; about ten megabytes of them."""

GOODBYE_SECONDS = 0.5
"""How long sockets and streams have to say that the server stops."""

DEMO_TOKEN_SECONDS = 7 * 24 * 3600

LABEL = 10
"""Letters of the banner's labels, with the space behind."""

console = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Ways:
    """What the banner shows of the demo: the demo person's `token`, and labels with the ways of `others`."""

    token: str | None = None
    others: tuple[tuple[str, str], ...] = ()


async def run() -> None:
    """Serve until SIGINT or SIGTERM. Raises what `trouble.MENDABLE` lists."""
    settings = load_settings()
    configure_logs(settings.log_format, settings.log_level)
    listening = listen(settings)
    if settings.graphiql:
        # Beside the start of the database: npm takes seconds when it has something to install.
        installing = asyncio.create_task(asyncio.to_thread(install_assets))
    with listening:
        async with opened(settings) as database:
            shown = await _demo(settings, database)
            if settings.graphiql:
                await installing
            app = _app(settings, database, shown)
            _report(database)
            await _serve(settings, app, listening, shown)
    console.print("Stopped. The data are kept.")


def listen(settings: Settings) -> socket.socket:
    """The socket to serve on, taken before anything is started. Raises `AddressTaken`."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # By name, since event loops send small packets at once (TCP_NODELAY) only where they know that it is TCP: else the
    # end of an answer waits 40 ms for the client's acknowledgement of its beginning.
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # Linux's way to drop what was written to a client that does not read, after the server has let it go: else
        # the connection of one that is alive stays for ever.
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(SEND_SECONDS * 1000))
    try:
        found.bind((settings.host, settings.port))
        # Only a socket that listens keeps others off the address; whoever calls already waits for the server to stand.
        found.listen(BACKLOG)
    except OSError as error:
        found.close()
        raise AddressTaken(
            f"HOST and PORT: {settings.host}:{settings.port} cannot be listened on ({error.strerror}). "
            "Stop what listens there, or set PORT to another one."
        ) from error
    return found


async def _demo(settings: Settings, database: Opened) -> Ways:
    """Fill the embedded database with demo data at its first start; the ways into these."""
    if not database.embedded:
        return Ways()
    from graphql_api.commands.seed import fill
    from graphql_api.demo.entrances import AGENT, entrances

    await fill(database, "small", settings.auth_issuer)
    lines = entrances(settings.web_url)
    if settings.auth_algorithm != "HS256":
        return Ways(others=lines)
    rules = token_rules(settings)
    token, agent = (mint(rules, who, lifetime_seconds=DEMO_TOKEN_SECONDS) for who in ("demo", AGENT.key))
    return Ways(token, (("Agent", agent), *lines))


def _app(settings: Settings, database: Opened, shown: Ways) -> Any:
    if not settings.graphiql:
        return build_app(settings, database.database)
    assets = Assets()
    return build_app(settings, database.database, page=graphiql(assets, shown.token), assets=assets)


def _report(database: Opened) -> None:
    for name in database.indexes.differing:
        collection, _, what = name.rpartition(".")
        if what == IMAGES:
            said = f"{escape(collection)} keeps images of changed rows for no list"
            console.print(f"[yellow]{said}; `doctor --drop-indexes` ends that.")
        else:
            console.print(f"[yellow]Index {escape(name)} is not as declared; `doctor --drop-indexes` replaces it.")
    for name in database.indexes.unknown:
        console.print(f"[yellow]Index {escape(name)} is declared nowhere; `doctor --drop-indexes` drops it.")


async def _serve(settings: Settings, app: Any, listening: socket.socket, shown: Ways) -> None:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        lifespan="on",
        backlog=BACKLOG,
        ws="websockets-sansio",
        ws_max_size=SOCKET_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        # The protocol's own pings reach the client itself, and not only the nearest proxy.
        ws_ping_interval=None,
    )
    server = Announced(config, _banner(settings, listening, shown), app.drain)
    # The server drains at a signal and raises it again when it is done; by then there is only the database to close.
    for wanted in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wanted, lambda *_: None)
    await server.serve([listening])


def settle() -> None:
    """Tell the garbage collector that what is there now stays, and to look only at every so many new objects.

    With its defaults it goes through the whole schema again and again while long lists are answered: that was two
    fifths of a list of 1,000 rows. What has no cycle, as rows and answers, is freed without it.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 10, 10)


class Announced(uvicorn.Server):
    """A server that says where it is once it is there."""

    def __init__(self, config: uvicorn.Config, banner: str, drain: Callable[[], None]) -> None:
        super().__init__(config)
        self._banner = banner
        self._drain = drain

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to listen, and say so."""
        await super().startup(sockets)
        settle()
        console.print(self._banner, soft_wrap=True, highlight=False)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop: first what would go on for ever, whose clients are told to come again, then as any server does."""
        self._drain()
        # uvicorn cuts sockets off; within this moment they have said goodbye themselves.
        await asyncio.sleep(GOODBYE_SECONDS)
        await super().shutdown(sockets)


def _banner(settings: Settings, listening: socket.socket, shown: Ways) -> str:
    host, port = listening.getsockname()[:2]
    name = f"[{host}]" if ":" in host else host
    url = f"http://{name}:{port}/graphql"
    json = "-H 'Content-Type: application/json'"
    header = f" -H 'Authorization: Bearer {shown.token}'" if shown.token else ""
    query = "{ viewer { kind advisorUser { name plan } } }"
    lines = [
        f"[bold]GraphiQL[/bold]  {url}" if settings.graphiql else f"[bold]GraphQL[/bold]   {url}",
        *([f"[bold]Token[/bold]     {shown.token}"] if shown.token else []),
        *(f"[bold]{label}[/bold]{words:>{len(words) + LABEL - len(label)}}" for label, words in shown.others),
        f'[bold]Try[/bold]       curl {url}{header} {json} -d \'{{"query": "{query}"}}\'',
        "Ctrl-C stops the server and keeps the data.",
    ]
    return "\n".join(lines)
