"""Prefect's own chatter, kept out of our log and out of what is sent to its server."""

import logging

ORDINARY = ("Finished in state", "Task run was aborted", "Flow run was aborted")
"""What the engine calls an error and is a day's work here: a step that waits for people."""

RUNS = ("prefect.flow_runs", "prefect.task_runs")


class OurWordsOnly(logging.Filter):
    """Lets through what our own code says, and Prefect's real warnings."""

    def filter(self, record: logging.LogRecord) -> bool:
        if "prefect" not in record.pathname.replace("\\", "/").split("/"):
            return True
        return record.levelno >= logging.WARNING and not str(record.msg).startswith(ORDINARY)


class NoRunStories(logging.Filter):
    """Keeps what is told of single runs out of the process's log: Prefect shows it with the run."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.WARNING or not record.name.startswith(RUNS)


def quieten() -> None:
    """Call once after Prefect has set its loggers up."""
    words, stories = OurWordsOnly(), NoRunStories()
    for name in ("prefect", "prefect.engine", "prefect.workers", "prefect.worker", *RUNS):
        logger = logging.getLogger(name)
        logger.addFilter(words)
        for handler in logger.handlers:
            handler.addFilter(words)
    for handler in (*logging.getLogger().handlers, *logging.getLogger("prefect").handlers):
        handler.addFilter(stories)
    for name in RUNS:
        logging.getLogger(name).setLevel(logging.INFO)
