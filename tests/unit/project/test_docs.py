"""What the pages for developers name is there: paths, modules, functions, classes, links.

The notation that makes this total. Between backticks stand only
- a path from the root, a folder's with or without its last slash;
- a module, dotted from its package, or `module:name`, `module:Class.name`;
- a command: words with blanks between them.
Everything else is written without backticks. A block of code holds commands. The two READMEs are
for schools and quote settings and YAML too: of their words only those are checked that are written
as one of our paths or names.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
STRICT = (ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md", *DECISIONS)
FOR_SCHOOLS = (ROOT / "README.md", ROOT / "README.ru.md")
FENCE = re.compile(r"\s*(```|~~~)")
ITEM = re.compile(r"\s*([-*]|\d+\.)\s")
LINK = re.compile(r"\]\(([^)\s]+)\)")
QUOTED = re.compile(r"`([^`]+)`")
NAME = re.compile(r"[A-Za-z_]\w*(?:\.\w+)*:[A-Za-z_][\w.]*")
MODULE = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")
FILE_NAME = re.compile(r"[\w.-]+\.(?:md|py|toml|lock|yaml|json)")
PACKAGES = {path.name for path in ROOT.iterdir() if (path / "__init__.py").exists()}


def missing_in(page: Path, text: str, *, strict: bool) -> list[str]:
    """One line for each name that is not there: «page:line: what»."""
    told = page.relative_to(ROOT).as_posix()
    found: list[str] = []
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if FENCE.match(line):
            fenced = not fenced
            continue
        problems = [f"link to {to}" for to in LINK.findall(line) if not _is_linked(page, to)]
        in_block = fenced or (line.startswith("    ") and not ITEM.match(line))
        if in_block and strict and "`" not in line:
            problems += _of_command(line)
        for quoted in QUOTED.findall(line):
            problems += _of_quoted(quoted, strict=strict)
        if line.count("`") % 2:
            problems.append("a backtick without its pair on the same line")
        found += [f"{told}:{number}: {problem}" for problem in problems]
    return found


def _of_quoted(quoted: str, *, strict: bool) -> Iterator[str]:
    if " " in quoted:
        if strict:
            yield from _of_command(quoted)
    elif NAME.fullmatch(quoted) and (strict or _is_ours(quoted)):
        module, _, name = quoted.partition(":")
        if not _module_file(module):
            yield f"module {module}"
        elif not _has_name(module, tuple(name.split("."))):
            yield f"{name} in {module}"
    elif _is_path(quoted, strict=strict):
        if not (ROOT / quoted).exists():
            yield f"path {quoted}"
    elif strict and not (MODULE.fullmatch(quoted) and _module_file(quoted)):
        yield f"{quoted} is neither a path nor a module nor module:name; write it without backticks"


def _of_command(line: str) -> Iterator[str]:
    """A command's files and modules must be there."""
    words = line.split("#")[0].split()
    for before, word in zip(["", *words], words, strict=False):
        folder, slash, _ = word.partition("/")
        is_path = (slash and folder in {*PACKAGES, "docs"}) or FILE_NAME.fullmatch(word)
        if before == "-m":
            ours = word.split(".")[0] in PACKAGES
            if not (_module_file(word) if ours else find_spec(word)):
                yield f"module {word}"
        elif is_path and not (ROOT / word).exists():
            yield f"path {word}"


def _is_ours(name: str) -> bool:
    return re.split(r"[.:/]", name)[0] in PACKAGES


def _is_path(quoted: str, *, strict: bool) -> bool:
    if strict:
        return "/" in quoted or bool(FILE_NAME.fullmatch(quoted)) or (ROOT / quoted).exists()
    return (_is_ours(quoted) and "/" in quoted) or bool(FILE_NAME.fullmatch(quoted))


def _is_linked(page: Path, to: str) -> bool:
    return "://" in to or (page.parent / to.partition("#")[0]).exists()


def _module_file(module: str) -> Path | None:
    place = ROOT.joinpath(*module.split("."))
    for file in (place.with_suffix(".py"), place / "__init__.py"):
        if file.exists() and module.split(".")[0] in PACKAGES:
            return file
    return None


def _has_name(module: str, names: tuple[str, ...]) -> bool:
    """Whether the module defines or imports the name, and its class what follows.

    Read, not imported: Prefect keeps the settings that it finds when it is first imported, and
    other tests of the same process give it theirs.
    """
    file = _module_file(module)
    body = _tree(file).body if file else []
    for name in names:
        defined = _names(body)
        if name not in defined:
            return False
        body = defined[name]
    return True


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def _names(body: list[ast.stmt]) -> dict[str, list[ast.stmt]]:
    """What is defined here, with the bodies of classes."""
    found: dict[str, list[ast.stmt]] = {}
    for node in body:
        match node:
            case ast.ClassDef():
                found[node.name] = node.body
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                found[node.name] = []
            case ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = []
            case ast.Assign():
                found |= {target.id: [] for target in node.targets if isinstance(target, ast.Name)}
            case ast.Import() | ast.ImportFrom():
                found |= {alias.asname or alias.name: [] for alias in node.names}
    return found


def _text(page: Path) -> str:
    return page.read_text("utf-8")


@pytest.mark.parametrize("page", STRICT, ids=lambda page: page.name)
def test_everything_that_a_page_for_developers_names_is_there(page: Path) -> None:
    assert missing_in(page, _text(page), strict=True) == []


@pytest.mark.parametrize("page", FOR_SCHOOLS, ids=lambda page: page.name)
def test_a_readme_names_only_what_is_there_and_leads_to_the_pages(page: Path) -> None:
    text = _text(page)

    assert missing_in(page, text, strict=False) == []
    assert {"CONTRIBUTING.md", "docs/architecture.md"} <= set(LINK.findall(text))


def test_every_decision_stands_in_the_list_of_the_architecture() -> None:
    listed = set(LINK.findall(_text(ROOT / "docs" / "architecture.md")))

    assert {f"decisions/{page.name}" for page in DECISIONS} <= listed


def test_every_floor_and_every_room_of_services_stands_in_the_architecture() -> None:
    text = _text(ROOT / "docs" / "architecture.md")
    rooms = [p.parent for p in (ROOT / "services").glob("*/__init__.py")]
    floors = [ROOT / name for name in PACKAGES - {"tests"}]

    assert [r for place in (*rooms, *floors)
            if f"`{(r := place.relative_to(ROOT).as_posix())}/`" not in text] == []  # fmt: skip


@pytest.mark.parametrize(("line", "missing"), [
    ("See `services/steps/change.py` and `services/steps/`.", []),
    ("See `services/steps/no_such.py`.", ["path services/steps/no_such.py"]),
    ("`services.steps.change:changing`", []),
    ("`services.steps.change:StepChange.step`", []),
    ("`services.steps.change:no_such`", ["no_such in services.steps.change"]),
    ("`services.steps.change:StepChange.no_such`", ["StepChange.no_such in services.steps.change"]),
    ("`services.steps.no_such:changing`", ["module services.steps.no_such"]),
    ("`services.steps`", []),
    ("`python -m styles`", []),
    ("`python -m styles.no_such`", ["module styles.no_such"]),
    ("`python -m no_such_tool`", ["module no_such_tool"]),
    ("    python -m pytest tests/unit/no_such.py -q", ["path tests/unit/no_such.py"]),
    ("[here](docs/no_such.md)", ["link to docs/no_such.md"]),
    ("one ` alone", ["a backtick without its pair on the same line"]),
    ("`changing`", ["changing is neither a path nor a module nor module:name; "
                    "write it without backticks"]),
])  # fmt: skip
def test_what_is_missing_is_told_with_its_page_and_line(line: str, missing: list[str]) -> None:
    told = missing_in(ROOT / "CONTRIBUTING.md", f"# Title\n\n{line}\n", strict=True)

    assert told == [f"CONTRIBUTING.md:3: {what}" for what in missing]
