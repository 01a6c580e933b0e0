"""The road map that comes with the product, wherever it is installed."""

from importlib.resources import files
from pathlib import Path

NAME = "roadmap.yaml"


def shipped_road_map() -> Path:
    """Its file: beside the packages in a checkout, inside the wheel when installed."""
    beside = Path(__file__).resolve().parents[2] / NAME
    if beside.exists():
        return beside
    return Path(str(files("roadmap").joinpath("shipped", NAME)))
