"""The architecture, as import-linter sees it."""

from pathlib import Path

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parents[2]


def test_imports_point_inwards_and_siblings_never_import_each_other() -> None:
    assert (
        lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
        == EXIT_STATUS_SUCCESS
    )
