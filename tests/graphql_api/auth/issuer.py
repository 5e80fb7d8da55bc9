"""A made-up identity provider: real keys, tokens put together by hand, and a key server on a loopback port."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from graphql_api.auth.tokens import TokenRules

ISSUER = "https://issuer.example/"
AUDIENCE = "graphql-api"
SECRET = "0123456789abcdef0123456789abcdef"
HS256_RULES = TokenRules("HS256", ISSUER, AUDIENCE, leeway_seconds=30, secret=SECRET)

Sign = Callable[[bytes], bytes]


def claims(**changes: Any) -> dict[str, Any]:
    """The payload of a good token, with these claims changed."""
    return {"iss": ISSUER, "aud": AUDIENCE, "sub": "user-1", "exp": int(time.time()) + 600, **changes}


def without(claim: str) -> dict[str, Any]:
    """The payload of a good token, without this claim."""
    return {name: value for name, value in claims().items() if name != claim}


def compact(header: Any, payload: Any, sign: Sign) -> str:
    """A token of any header and payload (JSON values, or bytes as they are), whatever PyJWT would say to them."""
    signed = f"{_segment(header)}.{_segment(payload)}"
    return f"{signed}.{_base64url(sign(signed.encode()))}"


def hs256(secret: bytes | str = SECRET) -> Sign:
    """Signs with a shared secret."""
    key = secret.encode() if isinstance(secret, str) else secret
    return lambda message: hmac.new(key, message, hashlib.sha256).digest()


def hs256_token(**changes: Any) -> str:
    """A token signed with the right secret, with these claims changed."""
    return compact({"alg": "HS256", "typ": "JWT"}, claims(**changes), hs256())


@dataclass(frozen=True)
class SigningKey:
    """A key pair of the provider and the id under which its public half is published."""

    algorithm: str
    kid: str
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    def sign(self, message: bytes) -> bytes:
        """Signs as RFC 7518 says: PKCS #1 v1.5, or r and s side by side."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())
        r, s = decode_dss_signature(self.private.sign(message, ec.ECDSA(hashes.SHA256())))
        size = (self.private.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")

    def token(self, header: dict[str, Any] | None = None, **changes: Any) -> str:
        """A token by this key; `header` replaces the usual one of `alg` and `kid`."""
        usual = {"alg": self.algorithm, "kid": self.kid}
        return compact(usual if header is None else header, claims(**changes), self.sign)

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """The public half as it stands in a JWKS; a member changed to None is left out."""
        members = {**_public_jwk(self.private), "kid": self.kid, "alg": self.algorithm, "use": "sig", **changes}
        return {name: value for name, value in members.items() if value is not None}

    def private_jwk(self) -> dict[str, Any]:
        """The private half in the same form, which belongs in no JWKS."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return {**RSAAlgorithm.to_jwk(self.private, as_dict=True), "key_ops": None, "kid": self.kid}
        return {**ECAlgorithm.to_jwk(self.private, as_dict=True), "kid": self.kid}

    def pem(self) -> bytes:
        """The public half as everybody can get it."""
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.PEM, form)


@cache
def rsa_key(kid: str, bits: int = 2048) -> SigningKey:
    """An RSA key pair, the same one for the same id."""
    return SigningKey("RS256", kid, rsa.generate_private_key(65537, bits))


@cache
def ec_key(kid: str, curve: type[ec.EllipticCurve] = ec.SECP256R1) -> SigningKey:
    """An elliptic key pair, the same one for the same id."""
    return SigningKey("ES256", kid, ec.generate_private_key(curve()))


def jwks(*keys: dict[str, Any]) -> bytes:
    """The document that publishes these keys."""
    return json.dumps({"keys": keys}).encode()


@dataclass
class KeyServer:
    """What the loopback server answers, and the paths it was asked for.

    `gate` holds answers back while it is clear, `arrivals` is released by each request, `hung_up` tells that a client
    left before the end of its answer.
    """

    url: str
    document: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pause_between_bytes: float = 0.0
    asked: list[str] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    arrivals: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    hung_up: threading.Event = field(default_factory=threading.Event)


def _handler(controls: KeyServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            controls.asked.append(self.path)
            controls.arrivals.release()
            controls.gate.wait(10)
            try:
                self.answer()
            except OSError:
                self.close_connection = True
                controls.hung_up.set()

        def answer(self) -> None:
            self.send_response(controls.status)
            for name, value in {"Content-Length": str(len(controls.document)), **controls.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if not controls.pause_between_bytes:
                self.wfile.write(controls.document)
                return
            for byte in controls.document:
                self.wfile.write(bytes([byte]))
                time.sleep(controls.pause_between_bytes)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing: the standard one writes to stderr."""

    return Handler


def start_key_server() -> tuple[KeyServer, Callable[[], None]]:
    """Start a real HTTP server on a free loopback port; returns its controls and the call that ends it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    controls = KeyServer(f"http://127.0.0.1:{server.server_address[1]}/keys")
    server.RequestHandlerClass = _handler(controls)
    controls.gate.set()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()

    def stop() -> None:
        controls.gate.set()
        server.shutdown()
        thread.join()
        server.server_close()

    return controls, stop


def _public_jwk(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> dict[str, Any]:
    if isinstance(private, rsa.RSAPrivateKey):
        return dict(RSAAlgorithm.to_jwk(private.public_key(), as_dict=True))
    return dict(ECAlgorithm.to_jwk(private.public_key(), as_dict=True))


def _segment(content: Any) -> str:
    return _base64url(content if isinstance(content, bytes) else json.dumps(content).encode())


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
