"""What the preparing process tells the supervisor: a line of JSON for each message."""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from cli.running.children import ChildSpec


@dataclass(frozen=True, slots=True)
class Plan:
    """What the supervisor is to keep running.

    embedded: whether the database is the one in `home`, to be kept running and stopped too.
    """

    home: Path
    board_url: str
    prefect_url: str
    database_url: str
    embedded: bool
    children: tuple[ChildSpec, ...]

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:  # JSON
        """The plan that was told."""
        children = tuple(
            ChildSpec(**spec | {"command": tuple(spec["command"])}) for spec in values["children"]
        )
        return cls(**values | {"home": Path(values["home"]), "children": children})


def tell(message: str | Plan) -> None:
    """A sentence for the person, or the plan; at once. ASCII: the console may know no Russian."""
    known = asdict(message) if isinstance(message, Plan) else message
    sys.stdout.write(json.dumps(known, default=str) + "\n")
    sys.stdout.flush()


def heard(line: bytes) -> str | Plan:
    """What a line means; one that no `tell` wrote is a sentence as it stands."""
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    try:
        value = json.loads(text)
    except ValueError:
        return text
    if isinstance(value, dict):
        return Plan.of(value)
    return value if isinstance(value, str) else text
