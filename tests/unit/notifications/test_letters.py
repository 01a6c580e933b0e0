"""What letters say: every one against its golden, and rules that hold for all of them.

KARTA_RECORD=1 writes the goldens anew; look at the difference before committing it.
"""

import os
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from html.parser import HTMLParser
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from notifications.address import Sender
from notifications.compose import (
    TEXT_WIDTH,
    Links,
    Rendered,
    compose,
    message_id_of,
    one_line,
    render_letter,
    wrapped,
)
from notifications.letters import (
    LETTER_KIND_WORDS,
    LETTER_TYPES,
    DailyItem,
    DailyLetter,
    OpenedLetter,
    ReturnedLetter,
    UndeliverableLetter,
    letter_from,
)
from notifications.payload import Contact, StepLine
from roadmap.loader import load_file
from tests.support.letters import (
    AT,
    BASE,
    CURATOR,
    SENDER,
    calendar_of_letter,
    every_letter,
    links_to,
    step_id,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "letters"
LETTERS = every_letter(load_file(Path(__file__).parents[3] / "roadmap.yaml"))

each_letter = pytest.mark.parametrize("name", LETTERS)


def rendered(name: str) -> Rendered:
    return render_letter(*LETTERS[name])


def composed(name: str) -> bytes:
    letter, _ = LETTERS[name]
    return compose(
        rendered(name),
        sender=SENDER,
        to_name="Белякова Т.Ю.",
        to_address="social@talon.example",
        message_id=message_id_of(f"golden:{name}", "talon.example"),
        at=AT,
        reply_to=letter.reply_to,
        calendar=calendar_of_letter(letter),
    )


def equals_golden(file: str, content: bytes) -> None:
    path = GOLDEN / file
    if os.environ.get("KARTA_RECORD"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert content.decode() == path.read_bytes().decode()


@each_letter
def test_the_text_is_as_recorded(name: str) -> None:
    part = rendered(name)
    equals_golden(f"{name}.txt", f"Тема: {part.subject}\n\n{part.text}".encode())


@each_letter
def test_the_html_is_as_recorded(name: str) -> None:
    equals_golden(f"{name}.html", rendered(name).html.encode())


@each_letter
def test_the_whole_message_is_as_recorded(name: str) -> None:
    equals_golden(f"{name}.eml", composed(name))


def test_no_golden_outlives_its_letter() -> None:
    recorded = {path.name for path in GOLDEN.iterdir()}

    assert recorded == {f"{name}.{kind}" for name in LETTERS for kind in ("txt", "html", "eml")}


def test_every_kind_of_letter_is_among_them_and_has_its_word() -> None:
    kinds = {letter.model_dump()["kind"] for letter, _ in LETTERS.values()}

    assert kinds == set(LETTER_KIND_WORDS)


@each_letter
def test_a_stored_letter_is_read_back_the_same(name: str) -> None:
    letter, _ = LETTERS[name]

    assert letter_from(letter.model_dump(mode="json")) == letter


class Page(HTMLParser):
    """What the checks want to know of a letter's HTML."""

    VOID = frozenset({"meta", "br", "img", "link", "hr", "input"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.faults: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.stack]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "p" and "p" in self.stack:
            self.faults.append("a paragraph in a paragraph")
        if tag not in self.VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.faults.append(f"</{tag}> closes something else at {self.getpos()}")

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


@each_letter
def test_the_html_is_balanced_russian_and_needs_nothing_from_elsewhere(name: str) -> None:
    html = rendered(name).html
    page = Page(html)

    assert page.faults == []
    assert page.all("html")[0]["lang"] == "ru"
    assert {tag for tag, _ in page.tags}.isdisjoint(
        {"img", "link", "script", "iframe", "object", "video", "form", "base", "svg"}
    )
    assert not re.search(r"@import|@font-face|url\(|\bsrc=|background=\"", html)


@each_letter
def test_every_link_is_absolute_and_ours(name: str) -> None:
    _, links = LETTERS[name]
    targets = [attrs["href"] or "" for attrs in Page(rendered(name).html).all("a")]

    assert targets
    known = {links.board, links.letters, links.people, links.sign_in, *links.steps.values()}
    assert [t for t in targets if t not in known and not t.startswith("mailto:")] == []


@each_letter
def test_every_button_has_its_plain_link_in_html_and_in_text(name: str) -> None:
    _, links = LETTERS[name]
    part = rendered(name)
    buttons = re.findall(r'<a href="([^"]+)" style="display:inline-block; padding:', part.html)
    assert buttons
    for url in buttons:
        assert f">{url}</a>" in part.html
    for url in [*buttons, *links.steps.values()]:
        assert f'href="{url}"' in part.html
        assert url in part.text.splitlines()


@each_letter
def test_layout_tables_are_hidden_from_screen_readers_and_no_wider_than_600(name: str) -> None:
    page = Page(rendered(name).html)

    assert {attrs.get("role") for attrs in page.all("table")} == {"presentation"}
    widths = [a["width"] for a in page.all("table") if (a.get("width") or "100%") != "100%"]
    assert widths == []


@each_letter
def test_the_text_is_narrow_and_has_no_markup(name: str) -> None:
    text = rendered(name).text

    long = [line for line in text.splitlines() if len(line) > TEXT_WIDTH and "://" not in line]
    assert long == []
    assert "&" not in text
    assert "\n\n\n" not in text
    assert not any(line != line.rstrip() for line in text.splitlines())


@each_letter
def test_typography_is_russian(name: str) -> None:
    text = rendered(name).text.replace("–", "")
    prose = re.sub(r"https?://\S+|^Почему не дошло[^\n]*", "", text, flags=re.MULTILINE)

    assert '"' not in prose
    assert " - " not in prose
    assert "..." not in prose
    assert "—" not in prose


def test_text_and_html_escape_each_in_their_way() -> None:
    part = rendered("returned")

    assert "<до пятницы>" in part.text
    assert "&lt;до пятницы&gt;" in part.html
    assert "<до пятницы>" not in part.html


def a_step(**changes: object) -> StepLine:
    return StepLine(
        **(
            {"id": uuid4(), "code": "2.1", "title": "Анкеты", "due": "до 1 мая 2022", "stage": "2."}
            | changes
        )
    )


FRAME = {"school": "Школа", "programme": "План", "hello": "Здравствуйте!"}


def test_a_title_with_markup_stays_words() -> None:
    step = a_step(id=step_id("2.1"), title='<script>alert("1")</script> & Ко')
    letter = OpenedLetter(**FRAME, ask_whom=None, steps=(step,))

    part = render_letter(letter, links_to("2.1"))

    assert "<script>" not in part.html
    assert "&lt;script&gt;" in part.html
    assert '<script>alert("1")</script> & Ко' in part.text


def test_nobody_to_ask_is_no_empty_line_about_asking() -> None:
    step = a_step(id=step_id("2.1"))
    part = render_letter(OpenedLetter(**FRAME, ask_whom=None, steps=(step,)), links_to("2.1"))

    assert "Кого спросить" not in part.text + part.html


def test_the_daily_subject_counts_late_and_soon() -> None:
    def daily(*urgent: bool) -> str:
        items = tuple(DailyItem(step=a_step(), why="срок завтра", urgent=u) for u in urgent)
        return DailyLetter(**FRAME, ask_whom=None, items=items).subject

    assert daily(False) == "Срок завтра: 2.1 Анкеты"
    assert daily(True, True) == "Просроченных мероприятий: 2"
    assert daily(False, False, False) == "Мероприятий с близким сроком: 3"
    assert daily(True, False, False) == "Просроченных мероприятий: 1, с близким сроком: 2"


def test_a_long_subject_is_cut_at_a_word() -> None:
    letter = OpenedLetter(**FRAME, ask_whom=None, steps=(a_step(title="слово " * 40),))

    assert len(letter.subject) <= 100
    assert letter.subject.endswith("слово…")


def test_an_answer_goes_to_the_one_who_can_help() -> None:
    def reply_to(name: str) -> Contact | None:
        return LETTERS[name][0].reply_to

    assert reply_to("opened_one") == CURATOR
    assert reply_to("returned") == CURATOR
    assert reply_to("reported") == Contact(
        who="Белякова Т.Ю., соц. педагог", email="social@talon.example"
    )
    assert reply_to("daily_others") is None
    assert reply_to("sign_in") is None
    assert b"Reply-To: " in composed("opened_one")
    assert b"Reply-To" not in composed("sign_in")


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert composed("daily") == composed("daily")


def test_a_message_id_is_fixed_by_the_key() -> None:
    assert message_id_of("opened:1", "talon.example") == message_id_of("opened:1", "talon.example")
    assert message_id_of("opened:1", "talon.example") != message_id_of("opened:2", "talon.example")
    assert re.fullmatch(r"<[0-9a-f]{40}@talon\.example>", message_id_of("x", "talon.example"))


@each_letter
def test_the_message_is_marked_as_a_machines_and_has_both_parts(name: str) -> None:
    raw = composed(name)
    message = message_from_bytes(raw, policy=policy.default)

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Content-Language"] == "ru"
    body = message
    if calendar_of_letter(LETTERS[name][0]) is not None:
        assert message.get_content_type() == "multipart/mixed"
        body, _ = message.iter_parts()
    assert body.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in body.iter_parts()] == ["text/plain", "text/html"]
    assert all(line.endswith(b"\r") for line in raw.split(b"\n")[:-1])
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 100


CARRYING = [name for name in LETTERS if name.startswith(("opened", "meeting"))]


@pytest.mark.parametrize("name", CARRYING)
def test_a_calendar_is_attached_and_its_type_names_its_method(name: str) -> None:
    message = message_from_bytes(composed(name), policy=policy.default)

    (file,) = message.iter_attachments()

    assert file.get_content_type() == "text/calendar"
    assert file.get_filename() == "meropriyatiya.ics"
    assert file["Content-Type"].params["charset"] == "utf-8"
    calendar = Calendar.from_ical(file.get_payload(decode=True))
    assert file["Content-Type"].params["method"] == calendar["METHOD"]
    assert calendar["METHOD"] == ("CANCEL" if name == "meeting_cancelled" else "PUBLISH")


@pytest.mark.parametrize("name", [name for name in LETTERS if name not in CARRYING])
def test_other_letters_carry_none(name: str) -> None:
    message = message_from_bytes(composed(name), policy=policy.default)

    assert message.get_content_type() == "multipart/alternative"


NAMES = st.text(
    st.characters(categories=("L", "N", "P", "S", "Zs"), codec="utf-8"), max_size=90
).map(one_line)


@given(name=NAMES, subject=NAMES)
def test_any_name_and_subject_arrive_as_they_were(name: str, subject: str) -> None:
    raw = compose(
        Rendered(subject, "т\n", "<p>т</p>\n"),
        sender=Sender(name, "karta@talon.example"),
        to_name=name,
        to_address="o'neil+x@talon.example",
        message_id="<1@talon.example>",
        at=datetime(2021, 11, 1, tzinfo=UTC),
    )

    assert decoded(raw, "Subject") == subject
    assert mailbox(raw, "To") == (name, "o'neil+x@talon.example")
    assert mailbox(raw, "From") == (name, "karta@talon.example")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_name_or_subject_can_add_a_header(text: str) -> None:
    raw = compose(
        Rendered(one_line(text + "\r\nBcc: a@b.example"), "т\n", "<p>т</p>\n"),
        sender=Sender(text, "karta@talon.example"),
        to_name=text + "\nBcc: a@b.example",
        to_address="social@talon.example",
        message_id="<1@talon.example>",
        at=datetime(2021, 11, 1, tzinfo=UTC),
        reply_to=Contact(who=text + "\u2028Bcc: x", email="c@talon.example"),
    )

    message = message_from_bytes(raw)
    assert set(message.keys()) == {
        "Content-Type", "MIME-Version", "From", "To", "Reply-To", "Subject", "Date", "Message-ID",
        "Content-Language", "Auto-Submitted", "X-Auto-Response-Suppress",
    }  # fmt: skip


def decoded(raw: bytes, header: str) -> str:
    return _decode(unfolded(raw, header))


def unfolded(raw: bytes, header: str) -> str:
    return re.sub(r"\r?\n", "", message_from_bytes(raw)[header])


def mailbox(raw: bytes, header: str) -> tuple[str, str]:
    name, _, address = unfolded(raw, header).rpartition(" ")
    quoted = re.fullmatch(r'"(.*)"', name)
    name = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else _decode(name)
    return name, address.strip("<>")


def _decode(text: str) -> str:
    return str(make_header(decode_header(text)))


@given(st.text(st.characters(codec="utf-8"), max_size=400))
def test_wrapping_loses_no_word(text: str) -> None:
    assert wrapped(text).split() == text.split()


def test_a_list_item_hangs_under_its_first_word_and_links_stay_whole() -> None:
    link = "https://karta.talon.example/l/" + "A" * 90
    text = wrapped(f"– {'слово ' * 20}\n  {'слово ' * 20}\nСм. {link} и дальше\n")

    lines = text.splitlines()
    assert lines[0].startswith("– слово")
    assert lines[1].startswith("  слово")
    assert f"См. {link} и дальше" in lines
    assert all(len(line) <= TEXT_WIDTH for line in lines if link not in line)


def test_a_very_long_report_is_cut_in_the_letter() -> None:
    letter, links = LETTERS["reported"]
    part = render_letter(letter.model_copy(update={"note": "много слов " * 400}), links)

    assert "полностью – на странице мероприятия" in part.text
    assert len(part.text) < 4000


def test_a_servers_odd_answer_cannot_break_the_curators_letter() -> None:
    letter = UndeliverableLetter(
        **FRAME, whom="X", address="x@y.example", about="О", said="550 <b>&" + "x" * 900
    )

    part = render_letter(letter, links_to())

    assert "<b>&x" not in part.html
    assert Page(part.html).faults == []
    assert len(part.text) < 1500


def test_a_reason_of_many_lines_keeps_them() -> None:
    letter = ReturnedLetter(
        **FRAME, by=CURATOR, reason="раз\n\nдва", step=a_step(id=step_id("2.1"))
    )

    part = render_letter(letter, links_to("2.1"))

    assert "  раз\n\n  два\n" in part.text
    assert re.search(r"раз<br>\s*<br>\s*два", part.html)


def test_a_letter_without_links_shown_to_others_leads_to_the_board_only() -> None:
    letter, links = LETTERS["opened_several"]
    bare = Links(
        board=links.board,
        letters=links.letters,
        people=links.people,
        steps=dict.fromkeys(links.steps, links.board),
    )

    part = render_letter(letter, bare)

    assert "/l/" not in part.text + part.html
    assert f"{BASE}/" in part.text


def test_every_payload_class_names_a_pair_of_templates() -> None:
    folder = Path(__file__).parents[3] / "templates" / "mail"
    for kind in LETTER_TYPES.values():
        assert (folder / f"{kind.template}.html.j2").is_file()
        assert (folder / f"{kind.template}.txt.j2").is_file()
