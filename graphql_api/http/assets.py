"""The files of the GraphiQL page: pinned by version and hash, served from here where they are installed."""

import base64
import hashlib
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

log = structlog.get_logger(__name__)

FOLDER = Path(__file__).parent / "assets"
ASSETS_PATH = "/graphql/assets"
CDN = "https://unpkg.com"
INSTALL_SECONDS = 180.0

_OWN = ("start.css", "start.js")
_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Pin:
    """One file of a package: where npm puts it, where a CDN has it, and the SHA-384 that it must have."""

    package: str
    version: str
    path: str
    integrity: str

    @property
    def installed(self) -> Path:
        """The file's place under the folder of the assets."""
        return Path("node_modules", self.package, self.path)

    @property
    def cdn_url(self) -> str:
        """The same file of the same version on the CDN."""
        return f"{CDN}/{self.package}@{self.version}/{self.path}"


class Assets:
    """The files of the page in `folder`, read and checked once; a file that differs from its pin is not among them."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder

    @cached_property
    def pins(self) -> Mapping[str, Pin]:
        """The pinned files by the names they are served under, in the order the page loads them."""
        pins = orjson.loads((FOLDER / "integrity.json").read_bytes())
        return {name: Pin(**pin) for name, pin in pins.items()}

    @cached_property
    def own(self) -> Mapping[str, bytes]:
        """The page's own files, by name."""
        return {name: (FOLDER / name).read_bytes() for name in _OWN}

    @cached_property
    def installed(self) -> Mapping[str, bytes]:
        """The pinned files that are installed with the right hash, by name."""
        found = {name: self._checked(name, pin) for name, pin in self.pins.items()}
        return {name: content for name, content in found.items() if content is not None}

    @property
    def complete(self) -> bool:
        """Whether the page can be served without the CDN."""
        return self.installed.keys() == self.pins.keys()

    def _checked(self, name: str, pin: Pin) -> bytes | None:
        try:
            content = (self.folder / pin.installed).read_bytes()
        except OSError:
            return None
        if integrity_of(content) == pin.integrity:
            return content
        log.error("asset differs from its pin and is not served", asset=name)
        return None


def integrity_of(content: bytes) -> str:
    """Return the `integrity` attribute of a file: its SHA-384."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def asset_route(assets: Assets) -> Route:
    """Return the route that serves exactly the files of the page, and 404 for every other name."""

    async def asset(request: Request) -> Response:
        name = request.path_params["name"]
        content = assets.own.get(name) or assets.installed.get(name)
        if content is None:
            return PlainTextResponse("Not found", 404)
        # A pinned file's name has its version, so it never changes under that name.
        cache = "no-cache" if name in assets.own else "public, max-age=31536000, immutable"
        return Response(content, 200, {"Content-Type": _TYPES[Path(name).suffix], "Cache-Control": cache})

    return Route(f"{ASSETS_PATH}/{{name}}", asset)


def install_assets(folder: Path = FOLDER) -> bool:
    """Install the pinned files with npm unless they are there; returns whether they are, and is quiet if not.

    Without them the page takes the same files from a CDN.
    """
    if Assets(folder).complete:
        return True
    npm = shutil.which("npm")
    if npm is None:
        return False
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
    try:
        # Scripts are off and the lock holds every package's hash: nothing of the packages runs here.
        subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=INSTALL_SECONDS)  # noqa: S603
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("the page's files could not be installed; it will use a CDN", error=str(error))
        return False
    return Assets(folder).complete
