"""Every page's template uses exactly the values that its context gives."""

import importlib
import pkgutil
from dataclasses import fields, is_dataclass

import pytest
from jinja2 import meta, nodes

import web
from services.steps.workspaces import WORKSPACES
from templates import environment


def contexts() -> dict[str, type]:
    """Template → the class of its context, for every page."""
    found = {}
    for module in pkgutil.walk_packages(web.__path__, "web."):
        if module.name == "web.__main__":
            continue
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and is_dataclass(value) and hasattr(value, "template"):
                found[value.template] = value
    return found


def used(template: str) -> set[str]:
    """The names that a template and those it extends or includes take from the page."""
    loader = environment().loader
    assert loader is not None
    tree = environment().parse(loader.get_source(environment(), template)[0])
    own = {name.name for name in tree.find_all(nodes.Name) if name.ctx != "load"}
    own |= {macro.name for macro in tree.find_all(nodes.Macro)}
    own |= {imported.target for imported in tree.find_all(nodes.Import)}
    parts: list[str] = []
    for node in tree.find_all((nodes.Extends, nodes.Include)):
        # What is not named in the template itself is a step's workspace: any of them.
        is_named = isinstance(node.template, nodes.Const)
        parts += [node.template.value] if is_named else {w.page for w in WORKSPACES.values()}
    return meta.find_undeclared_variables(tree).union(*map(used, parts)) - own


@pytest.mark.parametrize("template", contexts())
def test_the_template_uses_what_its_context_gives_and_nothing_else(template: str) -> None:
    assert used(template) == {field.name for field in fields(contexts()[template])}
