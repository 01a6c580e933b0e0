"""The part of Bootstrap that the pages use: rules whose every class stands in a template.

Rules for elements without a class (Bootstrap's «reboot») and `:root`'s variables all stay. Where a
class is put together by Jinja, every class it may become stays: too much rather than too little.
"""

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path

ROOT = Path(__file__).parents[1]
WHOLE = Path(__file__).parent / "bootstrap.min.css"
KEPT = ROOT / "web" / "static" / "vendor" / "bootstrap" / "bootstrap-used.min.css"
TEMPLATES = ROOT / "templates" / "web"
SCRIPTS = ROOT / "web" / "static"

COMMENT = re.compile(r"/\*.*?\*/", re.S)
NAME = r"-?[A-Za-z_][\w-]*"
STRING = re.compile(r"'([^']*)'|\"([^\"]*)\"")
BLOCK = "\0"
"""Stands where Jinja's `{% … %}` stood."""


class ClassUnknown(Exception):
    """A class in a template is nothing but a variable: no one can say which rules it needs."""


def kept_now() -> str:
    """What the kept file has to contain, by the templates and scripts of this moment."""
    templates = sorted(TEMPLATES.rglob("*.html.j2"))
    classes = set().union(
        *(classes_of_template(p.read_text("utf-8"), p.name) for p in templates),
        *(words_of_script(p.read_text("utf-8")) for p in sorted(SCRIPTS.rglob("*.js"))),
    )
    return kept_part(WHOLE.read_text("utf-8"), classes)


def classes_of_template(text: str, name: str = "") -> set[str]:
    """Classes of a template's `class` attributes, «tone-*» where a variable ends one.

    Raises `ClassUnknown`, naming the template by `name`.
    """
    found: set[str] = set()
    expressions: list[str] = []

    def placeholder(match: re.Match[str]) -> str:
        expressions.append(match[1])
        return f"\1{len(expressions) - 1}\1"

    text = re.sub(r"\{#.*?#\}", "", text, flags=re.S)
    text = re.sub(r"\{%.*?%\}", BLOCK, text, flags=re.S)
    text = re.sub(r"\{\{(.*?)\}\}", placeholder, text, flags=re.S)
    for attribute in re.findall(r"\bclass=(?:\"([^\"]*)\"|'([^']*)')", text):
        value = attribute[0] or attribute[1]
        for number in re.findall("\1(\\d+)\1", value):
            literals = STRING.findall(expressions[int(number)])
            if not literals and re.search(f"(^|[\\s\0])\1{number}\1($|[\\s\0])", value):
                raise ClassUnknown(
                    f"{name}: class {{{{{expressions[int(number)]}}}}} may be anything; "
                    "write the classes out or put a fixed beginning before it"
                )
            found.update(word for pair in literals for word in "".join(pair).split())
        for word in re.sub("\1\\d+\1", "*", value).split():
            # What follows a block may belong to the same class: everything that begins so stays.
            begun, *rest = word.strip(BLOCK).split(BLOCK)
            found.add(f"{begun}*" if rest or word.endswith(BLOCK) else begun)
    return found - {"", "*"}


def words_of_script(text: str) -> set[str]:
    """Every word in a script's strings: it may give an element that class."""
    strings = re.findall(r"'([^'\n]*)'|\"([^\"\n]*)\"|`([^`]*)`", text)
    return {word for found in strings for word in re.findall(NAME, "".join(found))}


def kept_part(css: str, classes: Iterable[str]) -> str:
    """The rules of a stylesheet that elements with these classes can match, in their order."""
    patterns = tuple(classes)
    licence = COMMENT.match(css.removeprefix('@charset "UTF-8";'))
    rules = "".join(_kept_rules(COMMENT.sub("", css), patterns))
    animations = set(re.findall(rf"@keyframes ({NAME})", rules))
    played = " ".join(re.findall(r"animation(?:-name)?:([^;}]*)", rules))
    for name in sorted(animations - set(re.findall(NAME, played))):
        rules = re.sub(rf"@keyframes {name}\{{(?:[^{{}}]*\{{[^{{}}]*\}})*\}}", "", rules)
    head = f"{licence.group()}\n" if licence else ""
    return f'@charset "UTF-8";\n{head}{rules}\n'


def _kept_rules(css: str, patterns: tuple[str, ...]) -> Iterator[str]:
    for head, body in _rules(css):
        if head.startswith(("@media", "@supports")):
            inner = "".join(_kept_rules(body, patterns))
            if inner:
                yield f"{head}{{{inner}}}"
        elif head.startswith("@"):
            yield f"{head}{{{body}}}"
        else:
            selectors = [s for s in _selectors(head) if _can_match(s, patterns)]
            if selectors:
                yield f"{','.join(selectors)}{{{body}}}"


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Every outermost `head{body}`; lines such as @charset that have no body are left out."""
    depth = start = opened = 0
    for at, sign in enumerate(css):
        if sign == "{":
            depth += 1
            if depth == 1:
                opened = at
        elif sign == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened].rpartition(";")[2].strip(), css[opened + 1 : at]
                start = at + 1


def _selectors(head: str) -> list[str]:
    """«a,b:is(c,d)» → [«a», «b:is(c,d)»]."""
    return re.split(r",(?![^(\[]*[)\]])", head)


def _can_match(selector: str, patterns: tuple[str, ...]) -> bool:
    """Whether every class it asks for is used; its states and elements may all occur.

    Bootstrap's own attributes (`data-bs-theme`) belong to its scripts and dark colours: not ours.
    """
    # Of the classes in :not, :is and :where none, or only one, has to be there.
    asked = re.sub(r":(?:not|is|where)\([^()]*\)", "", selector)
    if "[data-bs-" in asked and asked != "[data-bs-theme=light]":
        return False
    return all(
        any(fnmatchcase(name, pattern) for pattern in patterns)
        for name in re.findall(rf"\.({NAME})", asked)
    )
