"""The one Jinja environment: strict about missing names, escaping everything but plain text."""

from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from roadmap.russian import day_month, day_month_year, plural

__all__ = ["environment", "render"]


def _escapes(name: str | None) -> bool:
    return not (name or "").endswith(".txt.j2")


@cache
def environment() -> Environment:
    """The environment; templates are addressed as `mail/opened.html.j2`, `web/steps/my.html.j2`."""
    made = Environment(
        loader=PackageLoader("templates", "."),
        autoescape=_escapes,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    made.filters["day_month"] = day_month
    made.filters["day_month_year"] = day_month_year
    made.filters["plural"] = plural
    return made


def render(name: str, **values: Any) -> str:
    """The template `name` filled in; raises `jinja2.UndefinedError` for a name not given."""
    return environment().get_template(name).render(**values)
