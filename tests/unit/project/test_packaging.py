"""What is installed: ours alone, complete, locked, from nowhere in particular."""

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from services.installation.shipped_road_map import shipped_road_map

ROOT = Path(__file__).parents[3]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
OURS = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
LOCKS = [ROOT / "requirements.lock", ROOT / "requirements-test.lock"]


def _names(requirements: list[str]) -> list[str]:
    return [re.split(r"[\[<>=!~ ]", line)[0].lower().replace("_", "-") for line in requirements]


def test_no_dependency_claims_one_of_our_package_names() -> None:
    claimed = packages_distributions()

    others = {name: set(claimed.get(name, [])) - {"karta"} for name in OURS}
    assert others == {name: set() for name in OURS}


def test_a_checkout_starts_with_the_road_map_beside_its_packages() -> None:
    assert shipped_road_map() == ROOT / "roadmap.yaml"


def test_every_dependency_has_an_upper_bound_and_is_locked() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = PROJECT["project"]["dependencies"] + extras["build"] + extras["test"]
    locked = set(re.findall(r"(?m)^([a-z0-9._-]+)(?:\[.*?\])?==", LOCKS[1].read_text("utf-8")))

    assert [line for line in wanted if "<" not in line and "==" not in line] == []
    assert set(_names(wanted)) <= locked


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_names_no_index_host_or_path_and_pins_by_hash(lock: Path) -> None:
    text = lock.read_text("utf-8")

    assert not re.search(r"https?:|file:|--index|--extra-index|--find-links| @ |^/", text)
    pins = re.findall(r"(?m)^[a-z0-9].*", text)
    assert pins and all("==" in pin and pin.endswith("\\") for pin in pins)


def test_the_school_gets_no_test_tools() -> None:
    assert not re.search(r"(?m)^(pytest|playwright|hypothesis)==", LOCKS[0].read_text("utf-8"))


def test_no_module_of_the_flows_hides_a_standard_or_sibling_module() -> None:
    names = {path.stem for path in (ROOT / "flows").glob("*.py")} - {"__init__"}

    assert names & (set(sys.stdlib_module_names) | set(OURS)) == set()


def test_the_wheel_holds_every_tracked_file_of_our_packages_and_the_road_map(
    tmp_path: Path,
) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT, check=True, capture_output=True,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in OURS
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert expected - held == set()
    assert "roadmap/shipped/roadmap.yaml" in held


def test_an_old_python_can_read_the_start_file_to_say_what_it_needs() -> None:
    source = (ROOT / "start.py").read_text("utf-8")

    compile(source, "start.py", "exec", dont_inherit=True)
    assert "from __future__ import print_function" in source
    assert not re.search(r'\bf"|\bf\'|:=|\bmatch\b .*:$', source)
