"""Python's collector of reference cycles, as a process that lives for months wants it."""

import gc


def settle_collector() -> None:
    """Leaves what is loaded by now alone and looks for garbage less often.

    Called when a process has imported what it works with. Python's own pace is for short programs:
    at ours, Prefect's server spends about a seventh of its time looking through objects that stay.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
