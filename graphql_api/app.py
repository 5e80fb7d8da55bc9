"""The whole pipeline of a request on one page, in its order."""

from typing import Any

from fastapi import FastAPI
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from graphql_api.auth.service_keys import ServiceKeys
from graphql_api.auth.tokens import TokenRules, TokenVerifier
from graphql_api.context import Server
from graphql_api.http.assets import Assets, asset_route
from graphql_api.http.endpoint import Page, graphql_route
from graphql_api.http.health import health_routes
from graphql_api.http.negotiate import JSON
from graphql_api.http.page import graphiql_page
from graphql_api.http.refusal import HttpRefusal
from graphql_api.http.request_id import HEADER, RequestId
from graphql_api.http.request_log import RequestLog
from graphql_api.http.responses import refused
from graphql_api.http.security_headers import SecurityHeaders
from graphql_api.operations.prepare import Operations
from graphql_api.schema import executable_schema
from graphql_api.settings import Settings, SettingsError, ensure_secret
from models.store import Store
from models.store.connection import Database

PREFLIGHT_SECONDS = 600
"""How long a browser may remember what another origin is allowed."""


def build_app(settings: Settings, database: Database, *, page: Page | None = None, assets: Assets | None = None) -> Any:
    """The server on an open database.

    `page` is what browsers get at `/graphql` (see `graphiql`), with its `assets`. Raises `SettingsError` for
    settings that do not fit together.
    """
    server = build_server(settings, database)
    routes: list[BaseRoute] = [
        graphql_route(server, page=page),
        *([asset_route(assets)] if assets is not None else []),
        *health_routes(server.store.ready),
    ]
    middleware = [
        Middleware(RequestId),
        Middleware(RequestLog),
        Middleware(SecurityHeaders),
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type", HEADER],
            expose_headers=[HEADER, "Retry-After"],
            max_age=PREFLIGHT_SECONDS,
        ),
    ]
    # FastAPI's own pages describe REST routes; here the schema describes itself.
    return FastAPI(
        routes=routes,
        middleware=middleware,
        exception_handlers={404: _nowhere},
        redirect_slashes=False,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )


async def _nowhere(_request: Request, _error: Exception) -> Response:
    return refused(HttpRefusal(404, "NOT_FOUND", "Nothing is served here; GraphQL is at /graphql."), JSON)


def build_server(settings: Settings, database: Database) -> Server:
    """The parts of the server, from its settings."""
    return Server(
        operations=Operations(executable_schema(), introspection=settings.introspection, suggestions=True),
        store=Store(database),
        verifier=_verifier(settings),
        service_keys=ServiceKeys(settings.service_keys),
        operation_seconds=settings.operation_seconds,
        page_limit=settings.page_limit,
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


def graphiql(assets: Assets, demo_token: str | None) -> Page:
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
