"""Addresses: which are taken, and that no refusal repeats one."""

import pytest

from graphql_api.mail.addresses import SmtpServer, recipient, sender, smtp_server


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.com", SmtpServer("mail.example.com", 587, tls=False)),
        ("smtps://mail.example.com/", SmtpServer("mail.example.com", 465, tls=True)),
        ("smtp://127.0.0.1:1025", SmtpServer("127.0.0.1", 1025, tls=False)),
        ("smtp://[::1]:25", SmtpServer("::1", 25, tls=False)),
        (
            "smtp://me%40a.example:p%3A%2F%40@h:2525",
            SmtpServer("h", 2525, tls=False, user="me@a.example", password="p:/@"),
        ),
    ],
)
def test_an_smtp_server_is_read(url: str, server: SmtpServer) -> None:
    assert smtp_server(url) == server


@pytest.mark.parametrize(
    "url",
    [
        "http://user:hush@host",
        "smtp://user:hush@host:0",
        "smtp://user:hush@host:65536",
        "smtp://user:hu@sh@host",
        "smtp://user@host",
        "smtp://user:hush@host/path",
        "smtp://user:hush@host?tls=no",
        "smtp://user:hush@host\r\nQUIT",
        "hush",
    ],
)
def test_a_wrong_server_is_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"^must be like smtp://user:password@host:587 or ") as error:
        smtp_server(url)
    assert "hush" not in str(error.value)


def test_a_password_is_not_shown() -> None:
    assert "hush" not in repr(smtp_server("smtp://user:hush@host"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no-reply@example.com", "no-reply@example.com"),
        ("Our Product <no-reply@example.com>", "Our Product <no-reply@example.com>"),
        ("Häuser & Co. <a@b.example>", '"Häuser & Co." <a@b.example>'),
    ],
)
def test_a_sender_is_one_address(text: str, shown: str) -> None:
    assert str(sender(text)) == shown


@pytest.mark.parametrize(
    "text",
    ["", "nobody", "a@", "@b", "a@b, c@d", "a@b\r\nBcc: c@d", "A <a@b", "jörg@b.example", "a@b.exämple", "a b@c"],
)
def test_anything_else_is_no_sender(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be an address such as "):
        sender(text)


@pytest.mark.parametrize(
    ("to", "address"),
    [
        ("ann@example.com", "ann@example.com"),
        ("ann+tag@example.com", "ann+tag@example.com"),
        ("ann@münchen.example", "ann@xn--mnchen-3ya.example"),
    ],
)
def test_a_recipient_is_one_address(to: str, address: str) -> None:
    assert recipient(to).addr_spec == address


@pytest.mark.parametrize(
    "to",
    ["ann", "@", "ann@", "@b.example", "a,b@c.example", "<a>@b.example", "a@b..c", "a b@c.example", "jörg@b.example"],
)
def test_what_is_no_address_is_not_repeated(to: str) -> None:
    with pytest.raises(ValueError, match=r"^the address is none$") as error:
        recipient(to)
    assert error.value.__context__ is None
