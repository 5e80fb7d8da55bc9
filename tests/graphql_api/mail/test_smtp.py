"""What reaches an SMTP server, and what is told of one that does not take it."""

import asyncio
import datetime
import ipaddress
import ssl
from pathlib import Path

import pytest
from bson import ObjectId
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from graphql_api.mail.addresses import SmtpServer, sender
from graphql_api.mail.delivery import Failed, Refused
from graphql_api.mail.smtp import Smtp
from models.mail.mail import Mail
from models.store.mails import Claimed
from tests.graphql_api.mail.conftest import SECRET, SENDER, smtp
from tests.graphql_api.mail.server import BREAK_OFF, Server, serving

KEY = ObjectId("6560f0f0f0f0f0f0f0f0f0f0")
CREATED = 1_700_000_000_123


def claimed(to: str = "ann@example.com", subject: str = "Welcome", text: str = SECRET) -> Claimed:
    """A mail that is ours."""
    return Claimed(KEY, Mail(to, subject, text, "setup"), ObjectId(), 0, 1, CREATED, 0)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 with its key, signed by nobody else."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    """What a server speaks TLS with."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine trusts the certificate."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


async def test_a_mail_is_whole_and_says_what_it_is(server: Server) -> None:
    text = f"Grüße!\n\n.\nOpen {SECRET}?a=b\n{'long ' * 50}"
    await smtp(server).deliver(claimed(subject="Willkommen, Jörg 👋", text=text))
    [taken] = server.taken
    assert (taken.sender, taken.recipient, taken.tls) == ("no-reply@product.example", "ann@example.com", False)
    message = taken.message
    assert dict(message.items()) == {
        "From": SENDER,
        "To": "ann@example.com",
        "Subject": "Willkommen, Jörg 👋",
        "Date": "Tue, 14 Nov 2023 22:13:20 +0000",
        "Message-ID": f"<{KEY}@product.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Type": 'text/plain; charset="utf-8"',
        "Content-Transfer-Encoding": "quoted-printable",
        "MIME-Version": "1.0",
    }
    assert message.get_content().replace("\r\n", "\n") == f"{text}\n"
    assert taken.raw.isascii()
    assert max(map(len, taken.raw.split(b"\r\n"))) <= 78
    assert server.commands == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]


async def test_a_mail_has_one_receiver(server: Server) -> None:
    """What would be a second one, or a header, is part of an address that is none."""
    for to in ("ann@example.com,eve@example.com", "eve,ann@example.com", "<eve@example.com> ann@example.com"):
        with pytest.raises(Refused, match=r"^the address is none$"):
            await smtp(server).deliver(claimed(to=to))
    assert server.connections == 0


async def test_a_text_adds_no_header(server: Server) -> None:
    await smtp(server).deliver(claimed(text="Bcc: eve@example.com\r\n\r\n.\r\nMAIL FROM:<eve@example.com>"))
    [taken] = server.taken
    assert taken.message["Bcc"] is None
    assert (
        taken.message.get_content().replace("\r\n", "\n") == "Bcc: eve@example.com\n\n.\nMAIL FROM:<eve@example.com>\n"
    )


@pytest.mark.parametrize(
    ("command", "reply", "told"),
    [
        ("RCPT", "550 5.1.1 no such box", "the server refuses the address (550 5.1.1)"),
        (".", f"554 5.7.1 you sent {SECRET}", "the server refuses the mail (554 5.7.1)"),
        ("DATA", "554 no", "the server refuses the mail (554)"),
    ],
)
async def test_a_mail_may_be_refused_for_good(server: Server, command: str, reply: str, told: str) -> None:
    server.replies = {command: [reply]}
    with pytest.raises(Refused) as error:
        await smtp(server).deliver(claimed())
    assert str(error.value) == told
    assert server.taken == []


@pytest.mark.parametrize(
    ("command", "reply", "told"),
    [
        ("greeting", "554 5.3.2 not now", "the server refuses the connection (554 5.3.2)"),
        ("MAIL", "550 5.7.1 not you", "the server refuses the sender (550 5.7.1)"),
        ("RCPT", "450 4.2.1 later", "the server refuses the address (450 4.2.1)"),
        ("DATA", "451 4.3.0 later", "the server refuses the mail (451 4.3.0)"),
        (".", "452 4.3.1 full", "the server refuses the mail (452 4.3.1)"),
        ("EHLO", BREAK_OFF, "the server cannot be used (SMTPServerDisconnected)"),
        (".", BREAK_OFF, "the server cannot be used (SMTPServerDisconnected)"),
    ],
)
async def test_a_mail_may_be_taken_later(server: Server, command: str, reply: str, told: str) -> None:
    server.replies = {command: [reply, reply]}
    with pytest.raises(Failed) as error:
        await smtp(server).deliver(claimed())
    assert str(error.value).startswith(told)
    assert server.taken == []


async def test_nobody_there_is_no_end() -> None:
    async with serving(Server()) as gone:
        pass
    with pytest.raises(Failed, match=r"^the server cannot be used \(SMTPConnectError: ConnectionRefusedError\)$"):
        await smtp(gone).deliver(claimed())


@pytest.mark.parametrize("command", ["greeting", "."])
async def test_a_server_is_waited_for_so_long_and_no_longer(server: Server, command: str) -> None:
    hang = asyncio.Event()
    server.replies = {command: [hang]}
    way = Smtp(SmtpServer("127.0.0.1", server.port, tls=False), sender(SENDER), seconds=0.2)
    with pytest.raises(Failed, match=r"^the server cannot be used"):
        await way.deliver(claimed())
    hang.set()


@pytest.mark.parametrize("reply", [BREAK_OFF, "500 what?", "421 enough"])
async def test_a_mail_is_taken_whatever_becomes_of_the_goodbye(server: Server, reply: str) -> None:
    server.replies = {"QUIT": [reply]}
    await smtp(server).deliver(claimed())
    assert len(server.taken) == 1


@pytest.mark.parametrize("at_once", [False, True])
async def test_who_signs_in_does_so_by_tls(context: ssl.SSLContext, trusted: None, at_once: bool) -> None:
    async with serving(Server(password="hush", certificate=context), tls=at_once) as server:
        await smtp(server, tls=at_once, user="me", password="hush").deliver(claimed())
    [taken] = server.taken
    assert (taken.tls, taken.user) == (True, "me")


async def test_tls_is_taken_where_it_is_offered(context: ssl.SSLContext, trusted: None) -> None:
    async with serving(Server(certificate=context)) as server:
        await smtp(server).deliver(claimed())
    assert server.taken[0].tls is True


async def test_a_password_is_told_to_nobody_without_tls() -> None:
    async with serving(Server(password="hush")) as server:
        with pytest.raises(Failed, match=r"^the server cannot be used \(SMTPException\)$"):
            await smtp(server, user="me", password="hush").deliver(claimed())
    assert "AUTH" not in server.commands


async def test_a_password_is_told_to_nobody_whom_this_machine_does_not_trust(context: ssl.SSLContext) -> None:
    async with serving(Server(password="hush", certificate=context)) as server:
        with pytest.raises(Failed, match=r"^the server cannot be used"):
            await smtp(server, user="me", password="hush").deliver(claimed())
    assert "AUTH" not in server.commands


async def test_a_wrong_password_loses_no_mail(context: ssl.SSLContext, trusted: None) -> None:
    async with serving(Server(password="right", certificate=context)) as server:
        with pytest.raises(Failed, match=r"^the server refuses the sign-in \(535 5\.7\.8\)$"):
            await smtp(server, user="me", password="wrong").deliver(claimed())
    assert server.taken == []
