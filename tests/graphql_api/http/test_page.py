"""The GraphiQL page: pinned files, a strict policy, and a real browser that runs a query in it."""

import re
import shutil
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import orjson
import pytest
from playwright.async_api import Page, async_playwright

from graphql_api.app import pipeline, shell
from graphql_api.http.assets import FOLDER, Assets, asset_route, install_assets, integrity_of
from graphql_api.http.connections import Connections
from graphql_api.http.endpoint import GraphQLEndpoint
from graphql_api.http.metrics import Traffic
from graphql_api.http.page import graphiql_page
from models import global_id
from models.advisor.conversation import CONVERSATIONS
from tests.factories import advisor as rows
from tests.fixtures.live import Lists
from tests.fixtures.wire import People
from tests.graphql_api.http.serving import standing_server

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
CHROMIUM = shutil.which("chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Found(HTMLParser):
    """The files and settings of a page, as a browser finds them."""

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, str] = {}
        self.inline: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a file."""
        attributes = dict(attrs)
        link = attributes.get("src") or attributes.get("href") or ""
        if attributes.get("integrity"):
            self.files[link] = attributes["integrity"] or ""
        self._in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        """Leave the script."""
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        """Note what stands in a script."""
        if self._in_script:
            self.inline.append(data)


def found(text: str) -> Found:
    parser = Found()
    parser.feed(text)
    return parser


async def test_browsers_get_the_page_and_programs_the_answer(web: httpx.AsyncClient) -> None:
    response = await web.get("/graphql", headers={"Accept": BROWSER})
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-frame-options"] == "DENY"
    query = "/graphql?query={hello}"
    assert (await web.get(query, headers={"Accept": "*/*"})).json() == {"data": {"hello": "Hello, world!"}}
    assert (
        (await web.get(query, headers={"Accept": "text/html;q=0.5, */*"}))
        .headers["content-type"]
        .startswith("application/json")
    )


async def test_settings_cannot_leave_their_element(web: httpx.AsyncClient) -> None:
    response = await web.get("/graphql", headers={"Accept": BROWSER})
    [settings] = found(response.text).inline
    assert orjson.loads(settings) == {
        "url": "/graphql",
        "query": "{ hello }",
        "headers": '{\n  "Authorization": "Bearer </script><b>"\n}',
    }
    assert "<b>" not in response.text


def test_without_a_demo_token_the_headers_are_empty() -> None:
    page = graphiql_page(Assets(), default_query="{ hello }")
    [settings] = found(page.body.decode()).inline
    assert orjson.loads(settings)["headers"] == ""


def test_pins_lock_and_package_agree() -> None:
    package = orjson.loads((FOLDER / "package.json").read_bytes())["dependencies"]
    lock = orjson.loads((FOLDER / "package-lock.json").read_bytes())["packages"]
    for name, pin in Assets().pins.items():
        assert package[pin.package] == pin.version == lock[f"node_modules/{pin.package}"]["version"]
        assert name.startswith(f"{pin.package}-{pin.version}.")


def test_the_lock_names_no_host() -> None:
    for lock in (FOLDER / "package-lock.json", Path(__file__).parent / "audit" / "package-lock.json"):
        assert "://" not in lock.read_text()


def test_without_local_files_the_page_takes_the_same_files_from_the_cdn(tmp_path: Path) -> None:
    assets = Assets(tmp_path)
    page = graphiql_page(assets, default_query="{ hello }")
    files = found(page.body.decode()).files
    expected = {pin.cdn_url: pin.integrity for pin in assets.pins.values()}
    assert {link: files[link] for link in files if link.startswith("https:")} == expected
    policy = dict(page.fields)[b"content-security-policy"].decode()
    assert all(link in policy for link in expected)
    assert "unsafe" not in policy


def test_a_file_that_differs_from_its_pin_is_not_served(tmp_path: Path) -> None:
    name, pin = next(iter(Assets().pins.items()))
    (tmp_path / pin.installed).parent.mkdir(parents=True)
    (tmp_path / pin.installed).write_text("alert(1)")
    assert name not in Assets(tmp_path).installed


def test_without_npm_nothing_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert install_assets(tmp_path) is False


def test_a_failing_npm_is_no_crash(tmp_path: Path) -> None:
    assert install_assets(tmp_path) is False


@pytest.fixture(scope="module")
def installed() -> None:
    if not install_assets():
        pytest.skip("the page's files need npm")


@pytest.mark.usefixtures("installed")
async def test_exactly_the_pinned_files_are_served(web: httpx.AsyncClient) -> None:
    response = await web.get("/graphql", headers={"Accept": BROWSER})
    files = found(response.text).files
    assert len(files) == 7
    for link, integrity in files.items():
        asset = await web.get(link)
        assert asset.status_code == 200
        assert integrity_of(asset.content) == integrity
    for name in ("package.json", "integrity.json", "..%2Fassets.py", "nothing.js", "react.production.min.js"):
        assert (await web.get(f"/graphql/assets/{name}")).status_code == 404


@pytest.fixture
async def browser_page() -> AsyncIterator[Page]:
    if CHROMIUM is None:
        pytest.skip("the page's test needs Chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield await browser.new_page(viewport={"width": 1280, "height": 800})
        await browser.close()


@pytest.mark.usefixtures("installed")
async def test_a_query_runs_in_a_real_browser(live: str, browser_page: Page, tmp_path: Path) -> None:
    hosts: set[Any] = set()
    complaints: list[str] = []
    browser_page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    # Console errors include each violation of the page's policy.
    browser_page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    browser_page.on("pageerror", lambda error: complaints.append(str(error)))
    await browser_page.goto(f"{live}/graphql")
    await browser_page.get_by_role("button", name=re.compile("Execute query")).click()
    answer = browser_page.locator(".result-window")
    await answer.get_by_text("Hello, world!").wait_for(timeout=15_000)
    await browser_page.get_by_role("button", name="Show Documentation Explorer").click()
    await browser_page.get_by_text("A GraphQL schema provides a root type").wait_for(timeout=15_000)
    await browser_page.screenshot(path=tmp_path / "graphiql.png")
    assert hosts <= {"127.0.0.1", None}
    assert [text for text in complaints if not text.startswith("info")] == []


FOLLOW = """subscription Follow {
  advisorMessageChanges(conversationId: "%s", last: 5) { kind node { content } }
}"""


@pytest.mark.usefixtures("installed")
async def test_a_message_arrives_in_a_real_browser(people: People, lists: Lists, browser_page: Page) -> None:
    """In GraphiQL, with the token of its headers editor, while the message is sent from elsewhere."""
    ada = await people.person("ada")
    conversation = await rows.conversation(ada)
    identity = global_id.encode(CONVERSATIONS.tag, conversation["_id"])
    assets = Assets()
    page = graphiql_page(assets, default_query=FOLLOW % identity, demo_token=ada.token)
    connections = Connections()
    endpoint = GraphQLEndpoint(lists.server, page, connections=connections)
    app = pipeline(endpoint, shell([asset_route(assets)]), [], Traffic(), connections)
    async with standing_server(app) as address:
        await browser_page.goto(f"{address}/graphql")
        await browser_page.get_by_role("button", name=re.compile("Execute query")).click()
        answer = browser_page.locator(".result-window")
        await answer.get_by_text("SYNCED").wait_for(timeout=15_000)
        await rows.message(conversation, "Good morning from elsewhere")
        await answer.get_by_text("Good morning from elsewhere").wait_for(timeout=15_000)
