"""Where in a road map file things stand: the lines of stages, steps and people."""

from collections.abc import Iterator

from roadmap.yaml_tree import Mapping, Node, Scalar, Sequence


def id_of(node: Node | None) -> str | None:
    """The number of a stage or step, as written."""
    if isinstance(node, Mapping):
        value = node.items.get("id")
        if isinstance(value, Scalar) and value.value:
            return value.value
    return None


def lines_of(tree: Mapping) -> dict[str, int]:
    """The line of each stage ("2"), step ("2.1") and person ("@social")."""
    lines: dict[str, int] = {}
    people = tree.items.get("people")
    if isinstance(people, Mapping):
        lines |= {f"@{key}": line for key, line in people.key_lines.items()}
    stages = tree.items.get("stages")
    for stage in stages.items if isinstance(stages, Sequence) else ():
        if code := id_of(stage):
            lines.setdefault(code, stage.line)
        steps = stage.items.get("steps") if isinstance(stage, Mapping) else None
        for step in steps.items if isinstance(steps, Sequence) else ():
            if code := id_of(step):
                lines.setdefault(code, step.line)
    return lines


def step_nodes(tree: Mapping) -> Iterator[Mapping]:
    """The steps in the order of the file."""
    stages = tree.items.get("stages")
    for stage in stages.items if isinstance(stages, Sequence) else ():
        steps = stage.items.get("steps") if isinstance(stage, Mapping) else None
        for step in steps.items if isinstance(steps, Sequence) else ():
            if isinstance(step, Mapping):
                yield step


def due_lines(tree: Mapping) -> dict[str, int]:
    """Step code → the line of its due date."""
    return {
        code: node.key_lines.get("due", node.line)
        for node in step_nodes(tree)
        if (code := id_of(node))
    }


def stage_lines(tree: Mapping) -> dict[str, int]:
    """Stage code → its line; apart from `lines_of`, where a step may bear the same number."""
    stages = tree.items.get("stages")
    listed = stages.items if isinstance(stages, Sequence) else ()
    return {code: stage.line for stage in listed if (code := id_of(stage))}


def item_lines(tree: Mapping, key: str) -> tuple[int, ...]:
    """The lines of a top-level list's items."""
    listed = tree.items.get(key)
    return tuple(item.line for item in listed.items) if isinstance(listed, Sequence) else ()
