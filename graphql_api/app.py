"""The whole pipeline of a request on one page, in its order."""

from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager, nullcontext

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Lifespan, Receive, Scope, Send

from graphql_api.analysis.worker import in_server as analyzing
from graphql_api.answering.worker import at_work
from graphql_api.auth.caller import Recognition
from graphql_api.auth.gate import OpenGate
from graphql_api.auth.own_tokens import OwnTokens
from graphql_api.auth.service_keys import ServiceKeys
from graphql_api.auth.tokens import TokenRules, TokenVerifier
from graphql_api.context import Server
from graphql_api.http.answer import Answer
from graphql_api.http.assets import Assets, asset_route
from graphql_api.http.connections import Connections
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.entrance import Entrance
from graphql_api.http.health import health_routes
from graphql_api.http.metrics import Counters, Traffic, metrics_route
from graphql_api.http.negotiate import JSON
from graphql_api.http.page import graphiql_page
from graphql_api.http.refusal import HttpRefusal
from graphql_api.http.request_id import HEADER
from graphql_api.http.responses import refused
from graphql_api.mail.worker import in_server as mailing
from graphql_api.matching.worker import in_server as matching
from graphql_api.operations.documents import Trust
from graphql_api.operations.manifest import ManifestError, read_manifest
from graphql_api.operations.prepare import Operations
from graphql_api.schema import executable_schema
from graphql_api.settings import Settings, SettingsError
from graphql_api.signing_keys import ensure_secret, ensure_token_secret
from models.principal import OWN_ISSUER
from models.store import Store
from models.store.connection import Database
from models.tables import PORTALS

PREFLIGHT_SECONDS = 600
"""How long a browser may remember what another origin is allowed."""


GRAPHQL = "/graphql"


def build_app(
    settings: Settings, database: Database, *, page: Answer | None = None, assets: Assets | None = None
) -> Entrance:
    """The server on an open database.

    `page` is what browsers get at `/graphql` (see `graphiql`), with its `assets`. Raises `SettingsError` for
    settings that do not fit together.
    """
    server = build_server(settings, database)
    traffic, connections = Traffic(), Connections()
    store = server.store
    counters = Counters(traffic, lambda: store.principals.hits, lambda: store.read.referenced.hits, connections)
    routes: list[BaseRoute] = [
        *([asset_route(assets)] if assets is not None else []),
        *health_routes(server.store.ready),
        *([metrics_route(counters)] if settings.metrics else []),
    ]
    endpoint = GraphQLEndpoint(server, page, connections=connections, origins=settings.cors_origins)
    others = shell(routes, _life(server, settings, connections))
    return pipeline(endpoint, others, settings.cors_origins, traffic, connections)


def pipeline(
    endpoint: ASGIApp,
    others: ASGIApp,
    origins: Sequence[str],
    traffic: Traffic,
    connections: Connections | None = None,
) -> Entrance:
    """What a request passes: the entrance, for browsers the rules of other origins, then its path's application."""

    def by_path(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        # Before FastAPI's router: on the way to GraphQL there is nothing that it has to do.
        app = endpoint if scope["type"] != "lifespan" and scope["path"] == GRAPHQL else others
        return app(scope, receive, send)

    across = CORSMiddleware(
        by_path,
        allow_origins=origins,
        allow_methods=["GET", "POST"],
        allow_headers=["Authorization", "Content-Type", "Last-Event-ID", HEADER],
        expose_headers=[HEADER, "Retry-After"],
        max_age=PREFLIGHT_SECONDS,
    )
    return Entrance(by_path, across, traffic, connections)


def shell(routes: Sequence[BaseRoute], life: Lifespan[FastAPI] | None = None) -> FastAPI:
    """The application of all paths but GraphQL's; `life` stands around all that it serves."""
    # FastAPI's own pages describe REST routes; here the schema describes itself.
    return FastAPI(
        routes=list(routes),
        lifespan=life,
        exception_handlers={404: _nowhere},
        redirect_slashes=False,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )


def _life(server: Server, settings: Settings, connections: Connections) -> Lifespan[FastAPI]:
    # On the bundled MongoDB nobody else is there to answer.
    answers = settings.answer_in_server or settings.mongodb_uri is None

    @asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        await server.open()
        try:
            async with (
                at_work(settings, server.store) if answers else nullcontext(),
                mailing(settings, server.store),
                matching(settings, server.store),
                analyzing(settings, server.store),
            ):
                yield
        finally:
            connections.end_all()
            await server.close()

    return life


async def _nowhere(_request: Request, _error: Exception) -> Response:
    answer = refused(HttpRefusal(404, "NOT_FOUND", "Nothing is served here; GraphQL is at /graphql."), JSON)
    response = Response(answer.body, answer.status)
    response.raw_headers += answer.fields
    return response


def build_server(settings: Settings, database: Database) -> Server:
    """The parts of the server, from its settings."""
    own_tokens = OwnTokens(own_token_rules(settings), PORTALS)
    return Server(
        operations=_operations(settings),
        store=Store(database, settings.operation_seconds),
        recognition=Recognition(_verifier(settings), own_tokens, ServiceKeys(settings.service_keys)),
        gate=OpenGate(own_tokens, settings.web_url.rstrip("/")),
        operation_seconds=settings.operation_seconds,
        page_limit=settings.page_limit,
        leeway_seconds=settings.auth_leeway_seconds,
    )


def _operations(settings: Settings) -> Operations:
    try:
        return Operations(
            executable_schema(),
            introspection=settings.introspection,
            suggestions=True,
            cost_limit=settings.cost_limit,
            trust=trust(settings),
        )
    except ManifestError as error:
        raise SettingsError(f"TRUSTED_MANIFEST: {settings.trusted_manifest}: {error}") from error


def trust(settings: Settings) -> Trust:
    """Which documents the settings let run; raises `ManifestError`."""
    path = settings.trusted_manifest if settings.trusted_documents != "off" else None
    return Trust(
        mode=settings.trusted_documents,
        automatic=settings.automatic_persisted_queries,
        manifest=read_manifest(path) if path is not None else {},
    )


def _verifier(settings: Settings) -> TokenVerifier:
    try:
        return TokenVerifier(token_rules(settings))
    except ValueError as error:
        raise SettingsError(str(error)) from error


def token_rules(settings: Settings) -> TokenRules:
    """Which tokens the settings believe."""
    return TokenRules(
        algorithm=settings.auth_algorithm,
        issuer=settings.auth_issuer,
        audience=settings.auth_audience,
        leeway_seconds=settings.auth_leeway_seconds,
        secret=ensure_secret(settings) if settings.auth_algorithm == "HS256" else None,
        jwks=settings.auth_jwks,
    )


def own_token_rules(settings: Settings) -> TokenRules:
    """The same of those that the server gives itself."""
    return TokenRules(
        algorithm="HS256",
        issuer=OWN_ISSUER,
        audience=settings.auth_audience,
        leeway_seconds=settings.auth_leeway_seconds,
        secret=ensure_token_secret(settings),
    )


def graphiql(assets: Assets, demo_token: str | None) -> Answer:
    """GraphiQL with a first query, and with the demo's token where there is one."""
    return graphiql_page(assets, default_query=FIRST_QUERY, demo_token=demo_token)


FIRST_QUERY = """\
# Your newest conversations, who answers in them, and the last messages of each.
query Conversations {
  viewer {
    kind
    advisorUser {
      name
      plan
    }
  }
  advisorConversations(first: 5) {
    totalCount
    nodes {
      title
      activeAdvisor {
        persona {
          name
          title
        }
      }
      messages(last: 3) {
        nodes {
          sender
          content
          createdAt
        }
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
"""
