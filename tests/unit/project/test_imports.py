"""The architecture, as import-linter sees it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_imports_point_inwards_and_siblings_never_import_each_other() -> None:
    # In a process of its own: the linter sets logging up anew and silences what others log.
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; "
               "lint(['--no-cache'])"]  # fmt: skip
    linted = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    assert linted.returncode == 0, linted.stdout + linted.stderr
