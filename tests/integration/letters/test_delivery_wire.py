"""The wire against a real SMTP server: TLS, sign-in, one connection, and all it may answer."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from notifications.address import MailServer, Sender, parse_mail_url
from notifications.compose import Rendered, compose
from notifications.mailer import Patience, SmtpMailer
from notifications.outcome import Refused, SendOutcome, Sent, TryLater, Unclear
from tests.support.smtp_server import CLOSE, HANG, SmtpServer, Tls, closed_port

SENDER = Sender("Карта", "karta@talon.example")
QUICK = Patience(answer=0.3, letter=0.8)


def letter(number: int = 1, text: str = "Здравствуйте!\n", html: str = "<p>Да</p>\n") -> bytes:
    return compose(
        Rendered(f"Письмо {number}", text, html),
        sender=SENDER,
        to_name="Белякова Т.Ю.",
        to_address="social@talon.example",
        message_id=f"<{number}@talon.example>",
        at=datetime(2021, 9, 7, tzinfo=UTC),
    )


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with SmtpServer() as running:
        yield running


@asynccontextmanager
async def mailer_to(
    url: str, *, patience: Patience = QUICK, tls: ssl.SSLContext | None = None
) -> AsyncIterator[SmtpMailer]:
    mailer = SmtpMailer(parse_mail_url(url), patience=patience, tls=tls)
    try:
        yield mailer
    finally:
        await mailer.close()


Send = Callable[..., Awaitable[SendOutcome]]


@pytest.fixture
async def send(server: SmtpServer) -> AsyncIterator[Send]:
    """Sends a letter to `server` through one mailer."""
    async with mailer_to(server.url) as mailer:

        async def one(
            number: int = 1, to: str = "social@talon.example", **parts: str
        ) -> SendOutcome:
            return await mailer.send(letter(number, **parts), SENDER.address, to)

        yield one


async def test_letters_go_one_by_one_over_one_connection(send: Send, server: SmtpServer) -> None:
    for number in range(5):
        assert await send(number, to=f"p{number}@talon.example") == Sent()

    assert server.connections == 1
    assert [r.recipients for r in server.letters] == [
        (f"p{number}@talon.example",) for number in range(5)
    ]
    assert {r.sender for r in server.letters} == {"karta@talon.example"}


async def test_two_letters_sent_at_once_do_not_mix(send: Send, server: SmtpServer) -> None:
    outcomes = await asyncio.gather(*(send(n, to=f"p{n}@talon.example") for n in range(4)))

    assert outcomes == [Sent()] * 4
    assert server.connections == 1
    assert sorted((r.recipient, r.subject) for r in server.letters) == [
        (f"p{n}@talon.example", f"Письмо {n}") for n in range(4)
    ]


async def test_a_closed_idle_connection_is_made_again_without_a_fault(
    send: Send, server: SmtpServer
) -> None:
    assert await send(1) == Sent()
    server.drop_connections()
    await asyncio.sleep(0.05)

    assert await send(2) == Sent()
    assert server.connections == 2


@pytest.mark.parametrize("farewell", ["421 4.4.2 idle too long", CLOSE, HANG])
async def test_a_connection_that_dies_when_used_again_is_made_again(
    send: Send, server: SmtpServer, farewell: str
) -> None:
    assert await send(1) == Sent()
    server.answer("RSET", farewell)

    assert await send(2) == Sent()
    assert [r.connection for r in server.letters] == [1, 2]


async def test_a_connection_idle_too_long_is_not_trusted(server: SmtpServer) -> None:
    async with mailer_to(server.url, patience=Patience(kept=0)) as mailer:
        await mailer.send(letter(1), SENDER.address, "a@talon.example")
        await asyncio.sleep(0.01)
        await mailer.send(letter(2), SENDER.address, "a@talon.example")

    assert server.connections == 2
    assert "RSET" not in server.commands


@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(
    "answer", ["421 4.3.2 shutting down", "450 4.2.0 greylisted", "451 4.7.1 later"]
)
async def test_a_4xx_anywhere_is_tried_later_and_does_not_spoil_the_next_letter(
    send: Send, server: SmtpServer, moment: str, answer: str
) -> None:
    server.answer(moment, answer)

    assert await send(1) == TryLater(answer, busy=True)
    assert server.letters == []
    assert await send(2) == Sent()
    assert server.connections == (2 if answer.startswith("421") else 1)


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        ("CONNECT", "421 4.7.0 too many connections"),
        ("CONNECT", "554 5.7.1 not you"),
        ("EHLO", "421 4.7.0 too many connections"),
    ],
)
async def test_a_server_that_does_not_want_to_talk_is_no_reason_to_give_a_letter_up(
    send: Send, server: SmtpServer, moment: str, answer: str
) -> None:
    server.answer(moment, answer)

    outcome = await send(1)

    assert isinstance(outcome, TryLater)
    assert outcome.busy
    assert answer in outcome.reason
    assert await send(2) == Sent()


@pytest.mark.parametrize("moment", ["MAIL", "RCPT", "DATA", "DOT"])
async def test_a_5xx_to_the_letter_is_final_and_the_connection_serves_the_next(
    send: Send, server: SmtpServer, moment: str
) -> None:
    server.answer(moment, "550 5.1.1 no such user")

    assert await send(1) == Refused("550 5.1.1 no such user")
    assert await send(2) == Sent()
    assert server.connections == 1


async def test_one_bad_address_does_not_touch_the_others(send: Send, server: SmtpServer) -> None:
    server.reject("gone@talon.example", "550 5.1.1 no such user")

    assert await send(1, to="gone@talon.example") == Refused("550 5.1.1 no such user")
    assert await send(2, to="here@talon.example") == Sent()
    assert [r.recipient for r in server.letters] == ["here@talon.example"]


@pytest.mark.parametrize("moment", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("fault", [HANG, CLOSE])
async def test_silence_before_the_letter_was_given_is_simply_tried_later(
    send: Send, server: SmtpServer, moment: str, fault: str
) -> None:
    server.answer(moment, fault)

    outcome = await send(1)

    assert isinstance(outcome, TryLater)
    assert not outcome.busy
    assert outcome.reason in (
        "почтовый сервер не ответил вовремя",
        "почтовый сервер оборвал соединение",
    )
    assert await send(2) == Sent()


@pytest.mark.parametrize("fault", [HANG, CLOSE])
async def test_silence_after_the_last_dot_is_unclear(
    send: Send, server: SmtpServer, fault: str
) -> None:
    server.answer("DOT", fault)

    assert isinstance(await send(1), Unclear)
    assert await send(1) == Sent()
    assert len({r.message_id for r in server.letters}) == 1
    assert [r.connection for r in server.letters] == [1, 2]


async def test_gibberish_after_the_last_dot_is_unclear_and_before_it_is_not(
    send: Send, server: SmtpServer
) -> None:
    server.answer("MAIL", "hello there")
    assert isinstance(await send(1), TryLater)

    server.answer("DOT", "200-and-something")
    assert isinstance(await send(2), Unclear)


async def test_any_2xx_after_the_last_dot_is_success(send: Send, server: SmtpServer) -> None:
    server.answer("DOT", "251 taken, will forward")

    assert await send(1) == Sent()


async def test_slow_answers_together_cannot_outlast_the_patience_with_one_letter(
    server: SmtpServer,
) -> None:
    patience = Patience(answer=0.3, letter=0.5)
    server.answer("DOT", HANG)
    began = asyncio.get_running_loop().time()
    async with mailer_to(server.url, patience=patience) as mailer:
        outcome = await mailer.send(letter(), SENDER.address, "a@talon.example")

    assert isinstance(outcome, Unclear)
    assert asyncio.get_running_loop().time() - began >= patience.letter


async def test_a_refused_connection_is_tried_later() -> None:
    async with mailer_to(f"smtp://127.0.0.1:{closed_port()}") as mailer:
        outcome = await mailer.send(letter(), SENDER.address, "a@talon.example")

    assert isinstance(outcome, TryLater)
    assert not outcome.busy
    assert outcome.reason.startswith("почтовый сервер не принимает соединений")


async def test_an_unknown_host_is_tried_later() -> None:
    async with mailer_to("smtp://mail.nowhere.invalid", patience=Patience()) as mailer:
        outcome = await mailer.send(letter(), SENDER.address, "a@talon.example")

    assert isinstance(outcome, TryLater)
    assert outcome.reason.startswith("почтовый сервер не найден")


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_letter_goes_encrypted_when_the_certificate_is_right(security: str) -> None:
    tls = Tls()
    with SmtpServer(security=security, tls=tls) as server:
        async with mailer_to(server.url, tls=tls.client) as mailer:
            assert await mailer.send(letter(1), SENDER.address, "a@talon.example") == Sent()
            assert await mailer.send(letter(2), SENDER.address, "a@talon.example") == Sent()

        assert [r.encrypted for r in server.letters] == [True, True]
        assert server.connections == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_for_another_host_is_not_accepted(security: str) -> None:
    tls = Tls(host="mail.other.example")
    with SmtpServer(security=security, tls=tls) as server:
        url = server.url.replace("mail.other.example", "localhost")
        async with mailer_to(url, tls=tls.client) as mailer:
            outcome = await mailer.send(letter(), SENDER.address, "a@talon.example")

        assert isinstance(outcome, TryLater)
        assert "сертификату почтового сервера нельзя доверять" in outcome.reason
        assert "localhost" in outcome.reason
        assert server.letters == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_certificate_of_an_unknown_authority_is_not_accepted(security: str) -> None:
    with SmtpServer(security=security, tls=Tls()) as server:
        async with mailer_to(server.url) as mailer:
            outcome = await mailer.send(letter(), SENDER.address, "a@talon.example")

        assert isinstance(outcome, TryLater)
        assert "сертификату почтового сервера нельзя доверять" in outcome.reason
        assert server.letters == []


async def test_nothing_goes_in_clear_when_starttls_is_not_offered() -> None:
    with SmtpServer(users={"karta": "secret"}) as server:
        url = f"smtp+starttls://karta:secret@localhost:{server.port}"
        async with mailer_to(url) as mailer:
            outcome = await mailer.send(letter(), SENDER.address, "a@talon.example")

        assert isinstance(outcome, TryLater)
        assert "не предлагает STARTTLS" in outcome.reason
        assert server.letters == []
        assert [c.split()[0] for c in server.commands] == ["EHLO"]


async def test_nothing_goes_in_clear_when_starttls_is_refused() -> None:
    tls = Tls()
    with SmtpServer(security="starttls", tls=tls) as server:
        server.answer("STARTTLS", "454 4.7.0 TLS not available")
        async with mailer_to(server.url, tls=tls.client) as mailer:
            outcome = await mailer.send(letter(), SENDER.address, "a@talon.example")

        assert isinstance(outcome, TryLater)
        assert [c.split()[0] for c in server.commands] == ["EHLO", "STARTTLS"]


async def test_tls_spoken_to_a_server_in_clear_is_told_plainly(server: SmtpServer) -> None:
    async with mailer_to(server.url.replace("smtp:", "smtps:"), patience=Patience()) as mailer:
        outcome = await mailer.send(letter(), SENDER.address, "a@talon.example")

    assert isinstance(outcome, TryLater)
    assert "не удалось защитить соединение" in outcome.reason


@pytest.mark.parametrize("security", ["clear", "starttls", "tls"])
async def test_the_mailer_signs_in(security: str) -> None:
    tls = Tls() if security != "clear" else None
    with SmtpServer(security=security, tls=tls, users={"карта@talon": "па/роль"}) as server:
        scheme, rest = server.url.split("://")
        url = f"{scheme}://%D0%BA%D0%B0%D1%80%D1%82%D0%B0%40talon:%D0%BF%D0%B0%2F%D1%80%D0%BE%D0%BB%D1%8C@{rest}"
        async with mailer_to(url, tls=tls.client if tls else None) as mailer:
            assert await mailer.send(letter(), SENDER.address, "a@talon.example") == Sent()

        assert server.letters[0].user == "карта@talon"


async def test_a_wrong_password_keeps_the_letter_and_is_not_tried_in_a_hurry() -> None:
    with SmtpServer(users={"karta": "right"}) as server:
        url = server.url.replace("//", "//karta:wrong@")
        async with mailer_to(url) as mailer:
            outcome = await mailer.send(letter(), SENDER.address, "a@talon.example")

    assert isinstance(outcome, TryLater)
    assert outcome.busy
    assert "не принял имя или пароль (535" in outcome.reason
    assert "wrong" not in outcome.reason


async def test_a_server_without_sign_in_is_told_plainly(server: SmtpServer) -> None:
    async with mailer_to(server.url.replace("//", "//karta:pw@")) as mailer:
        outcome = await mailer.send(letter(), SENDER.address, "a@talon.example")

    assert outcome == TryLater("почтовый сервер не предлагает входа по имени и паролю")


async def test_the_mailer_greets_with_the_name_it_was_given(server: SmtpServer) -> None:
    mailer = SmtpMailer(parse_mail_url(server.url), own_name="karta.talon.example")
    await mailer.send(letter(), SENDER.address, "a@talon.example")
    await mailer.close()

    assert server.letters[0].greeting == "karta.talon.example"


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example>\r\nRCPT TO:<c@d.example",
        "a b@talon.example",
        "учитель@talon.example",
        "a@школа.рф",
        "a@talon.example\nDATA",
    ],
)
async def test_an_address_cannot_smuggle_anything_onto_the_wire(
    send: Send, server: SmtpServer, address: str
) -> None:
    assert isinstance(await send(1, to=address), Refused)
    assert server.letters == []
    assert await send(2) == Sent()


async def test_dots_and_long_lines_arrive_as_they_were_written(
    send: Send, server: SmtpServer
) -> None:
    text = "\n".join([".", "..", ".точка", "From me", "длинная строка " * 200, "конец."]) + "\n"

    assert await send(1, text=text, html=f"<p>{'слово' * 900}</p>\n") == Sent()

    (received,) = server.letters
    assert received.text == text
    assert received.html == f"<p>{'слово' * 900}</p>\n"
    assert max(len(line) for line in received.content.split(b"\r\n")) <= 78


async def test_plain_dots_on_the_wire_are_doubled_and_read_back(server: SmtpServer) -> None:
    plain = b"Subject: dots\r\nMessage-ID: <1@x>\r\n\r\n.\r\n.a\r\n..b\r\nend"
    async with mailer_to(server.url) as mailer:
        assert await mailer.send(plain, SENDER.address, "a@talon.example") == Sent()

    assert server.letters[0].content == plain + b"\r\n"


async def test_a_cancelled_attempt_does_not_leave_the_connection_in_the_middle_of_a_letter(
    send: Send, server: SmtpServer
) -> None:
    server.answer("DATA", HANG)
    attempt = asyncio.create_task(send(1))
    await server.heard("DATA")
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt

    assert await send(2) == Sent()
    assert server.connections == 2


async def test_closing_says_goodbye(server: SmtpServer) -> None:
    async with mailer_to(server.url) as mailer:
        await mailer.send(letter(), SENDER.address, "a@talon.example")

    assert server.commands[-1] == "QUIT"


def test_a_servers_url_never_shows_its_password() -> None:
    server = parse_mail_url("smtps://karta:secret@mail.talon.example")

    assert server == MailServer("mail.talon.example", 465, "tls", "karta", "secret")
    assert not re.search("secret|karta", repr(server))
