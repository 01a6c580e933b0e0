"""Settings of mail: the SMTP server's URL, the sender, and the names we give on the wire."""

import pytest

from notifications.address import (
    MailServer,
    Sender,
    ascii_host,
    is_usable,
    own_name,
    parse_mail_url,
    parse_sender,
)
from roadmap.errors import InputWrong


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example", MailServer("mail.example", 25, "clear")),
        ("smtp+starttls://mail.example", MailServer("mail.example", 587, "starttls")),
        ("smtps://mail.example", MailServer("mail.example", 465, "tls")),
        ("smtp://127.0.0.1:2525/", MailServer("127.0.0.1", 2525, "clear")),
        ("smtp://[::1]:2525", MailServer("::1", 2525, "clear")),
        (" smtps://Mail.Example \n", MailServer("mail.example", 465, "tls")),
        (
            "smtps://karta%40talon.example:p%2Fa%3As%23s@mail.example",
            MailServer("mail.example", 465, "tls", "karta@talon.example", "p/a:s#s"),
        ),
        ("smtps://почта.школа.рф", MailServer("xn--80a1acny.xn--80atdl2c.xn--p1ai", 465, "tls")),
    ],
)
def test_a_server_is_read_from_its_url(url: str, server: MailServer) -> None:
    assert parse_mail_url(url) == server


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mail.example", "начинается с «\\?://»"),
        ("http://mail.example", "начинается с «http://»"),
        ("smtp+tls://mail.example", "а можно smtp://, smtp\\+starttls:// или smtps://"),
        ("smtp://", "не назван сервер"),
        ("smtp://mail.example:много", "не разобрать"),
        ("smtp://mail.example:99999", "не разобрать"),
        ("smtps://u:pa/word@mail.example", "не разобрать|что-то лишнее"),
        ("smtps://u:pa#word@mail.example", "не разобрать|что-то лишнее"),
        ("smtps://mail.example/inbox", "что-то лишнее"),
        ("smtps://mail example", "написано неверно"),
    ],
)
def test_a_bad_url_is_told_with_its_remedy_and_without_the_password(url: str, told: str) -> None:
    with pytest.raises(InputWrong, match=told) as refusal:
        parse_mail_url(url)

    assert "smtp+starttls://имя:пароль@mail.school.example:587" in str(refusal.value)
    assert "word" not in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("karta@talon.example", Sender("", "karta@talon.example")),
        ("Карта <karta@talon.example>", Sender("Карта", "karta@talon.example")),
        ('"Школа, с. Талон" <a.b@talon.example>', Sender("Школа, с. Талон", "a.b@talon.example")),
        ("Карта <karta@localhost>", Sender("Карта", "karta@localhost")),
    ],
)
def test_a_sender_is_a_name_and_an_address(text: str, sender: Sender) -> None:
    assert parse_sender(text) == sender


@pytest.mark.parametrize("text", ["", "Карта", "Карта <карта@талон.рф>", "a@b", "Карта <a@b c.d>"])
def test_a_sender_without_a_usable_address_is_refused(text: str) -> None:
    with pytest.raises(InputWrong, match="KARTA_MAIL_FROM – не адрес"):
        parse_sender(text)


@pytest.mark.parametrize(
    ("address", "usable"),
    [
        ("curator@talon.example", True),
        ("o'neil+x_y-z@sub.talon.example", True),
        ("curator@talon", False),
        ("сurator@talon.example", False),  # the first letter is Cyrillic
        ("a b@talon.example", False),
        ("a@talon.example\n", False),
        ("a@talon.example>", False),
        ("a@b@talon.example", False),
        ("x" * 250 + "@talon.example", False),
    ],
)
def test_an_address_is_plain_ascii(address: str, usable: bool) -> None:
    assert is_usable(address) is usable


@pytest.mark.parametrize(
    ("host", "name"),
    [
        (None, "[127.0.0.1]"),
        ("localhost", "[127.0.0.1]"),
        ("192.168.1.5", "[127.0.0.1]"),
        ("Karta.School.example", "karta.school.example"),
        ("карта.школа.рф", "xn--80aa2azak.xn--80atdl2c.xn--p1ai"),
        ("а" * 70 + ".рф", "[127.0.0.1]"),
    ],
)
def test_we_greet_with_a_name_every_server_can_read(host: str | None, name: str) -> None:
    assert own_name(host) == name


def test_a_host_with_spaces_is_no_host() -> None:
    with pytest.raises(ValueError, match="a b"):
        ascii_host("a b")
