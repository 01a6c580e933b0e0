"""The architecture, as import-linter sees it."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_imports_point_inwards_and_siblings_never_import_each_other() -> None:
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == EXIT_STATUS_SUCCESS
