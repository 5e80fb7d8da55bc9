"""Makes the GraphiQL page: one HTML answer with hashes on every file and a policy that allows nothing else."""

import html
from collections.abc import Iterable
from string import Template

import orjson

from graphql_api.http.answer import Answer
from graphql_api.http.assets import ASSETS_PATH, FOLDER, Assets, integrity_of


def graphiql_page(
    assets: Assets, *, default_query: str, demo_token: str | None = None, url: str = "/graphql"
) -> Answer:
    """Return the page for the endpoint at `url`.

    `default_query` stands in the editor of a first visit; `demo_token`, if given, in its headers as a bearer token.
    """
    files = [*_pinned(assets), *_own(assets)]
    body = Template((FOLDER / "page.html").read_text("utf-8")).substitute(
        styles="\n    ".join(_style(link, integrity) for link, integrity in files if link.endswith(".css")),
        scripts="\n    ".join(_script(link, integrity) for link, integrity in files if link.endswith(".js")),
        settings=_settings(default_query, demo_token, url),
    )
    fields = (
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-security-policy", _policy(link for link, _ in files).encode()),
        (b"cache-control", b"no-store"),
    )
    return Answer(200, fields, body.encode())


def _pinned(assets: Assets) -> list[tuple[str, str]]:
    local = assets.complete
    return [(f"{ASSETS_PATH}/{name}" if local else pin.cdn_url, pin.integrity) for name, pin in assets.pins.items()]


def _own(assets: Assets) -> list[tuple[str, str]]:
    return [(f"{ASSETS_PATH}/{name}", integrity_of(content)) for name, content in assets.own.items()]


def _style(link: str, integrity: str) -> str:
    return f'<link rel="stylesheet" href="{html.escape(link)}" integrity="{integrity}" crossorigin="anonymous">'


def _script(link: str, integrity: str) -> str:
    return f'<script src="{html.escape(link)}" integrity="{integrity}" crossorigin="anonymous"></script>'


def _settings(query: str, token: str | None, url: str) -> str:
    headers = orjson.dumps({"Authorization": f"Bearer {token}"}, option=orjson.OPT_INDENT_2).decode() if token else ""
    text = orjson.dumps({"url": url, "query": query, "headers": headers}).decode()
    # Inside a script element only `<` can end it; the other two are escaped for readers that are not browsers.
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _policy(links: Iterable[str]) -> str:
    """Return the page's Content-Security-Policy: own files, and the pinned ones of the CDN where those are used."""
    foreign = [link for link in links if link.startswith("https:")]
    scripts = " ".join(["'self'", *(link for link in foreign if link.endswith(".js"))])
    styles = " ".join(["'self'", *(link for link in foreign if link.endswith(".css"))])
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; connect-src 'self'; img-src 'self' data:; "
        "font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
