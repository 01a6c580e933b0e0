"""The road map that comes with the product, wherever it is installed."""

from importlib.resources import files
from pathlib import Path

NAME = "roadmap.yaml"


def shipped_road_map() -> Path:
    """Its file: beside the packages in a checkout, inside the wheel when installed."""
    package = Path(str(files("roadmap")))
    beside = package.parent / NAME
    return beside if beside.exists() else package / "shipped" / NAME
