"""The `karta` command: its entry point, and how every command ends."""

import sys
from typing import TYPE_CHECKING, NoReturn

from cli.console import REFUSED, WRONG_INPUT, Failure, as_sentence, complain

if TYPE_CHECKING:
    import typer


def main() -> None:
    """Runs one command; exits 0 when done, 1 when refused, 2 for wrong input."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["up"] and not {"-h", "--help"} & set(arguments):
        # It lives for months: what reads the other commands stays out of its memory.
        from cli.running.up import main as supervise

        _take_any_letter()
        try:
            sys.exit(supervise(arguments[1:]))
        except Exception as error:
            sys.exit(_unexpected(error))
    finish(arguments)


def finish(arguments: list[str]) -> NoReturn:
    """Runs one command and ends the process with its exit code."""
    _take_any_letter()
    sys.exit(run(arguments))


def _take_any_letter() -> None:
    """A console that lacks a letter shows another sign instead of a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def run(arguments: list[str]) -> int:
    """One command's exit code; whatever a person did wrong becomes a sentence."""
    import typer
    from pydantic import ValidationError
    from typer.exceptions import TyperException

    from cli.usage import usage_sentence
    from roadmap.errors import InputWrong, KartaError, NotFound, RoadMapInvalid

    try:
        code = declared()(args=arguments, prog_name="karta", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except typer.Exit as end:
        return end.exit_code
    except TyperException as error:
        complain(usage_sentence(error))
        return WRONG_INPUT
    except (typer.Abort, KeyboardInterrupt):
        complain("Прервано.")
        return 130
    except Failure as failure:
        complain(as_sentence(str(failure)))
        return failure.code
    except RoadMapInvalid as error:
        for problem in error.problems:
            if problem.severity == "error":
                complain(f"{problem}\n    {problem.explanation}")
        return WRONG_INPUT
    except (InputWrong, NotFound) as error:
        complain(as_sentence(str(error)))
        return WRONG_INPUT
    except KartaError as error:
        complain(as_sentence(str(error)))
        return REFUSED
    except ValidationError as error:
        names = ", ".join(f"KARTA_{'_'.join(map(str, e['loc'])).upper()}" for e in error.errors())
        complain(f"Настройка задана неверно: {names}. Проверьте значение и запустите снова.")
        return WRONG_INPUT
    except Exception as error:
        return _unexpected(error)


def declared() -> "typer.Typer":
    """`karta` with the commands of every module."""
    from cli import check, letters, people, plan, programmes, rehearse, service, steps  # noqa: F401
    from cli.app import app

    return app


def _unexpected(error: Exception) -> int:
    """Something of ours broke: a plain sentence, and the details in a file."""
    import traceback

    from cli.session import now
    from services.settings import Settings

    if isinstance(error, OSError | ConnectionError) or "asyncpg" in type(error).__module__:
        complain(
            "База данных не отвечает. Проверьте, что Карта запущена (python start.py), "
            "и повторите команду."
        )
    else:
        complain("Что-то сломалось внутри Карты; ничего не потеряно.")
    try:
        logs = Settings().home / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        log = logs / "commands.log"
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{now().astimezone():%Y-%m-%d %H:%M:%S}\n")
            traceback.print_exception(error, file=file)
        complain(f"Подробности – в файле {log}")
    except Exception:
        traceback.print_exception(error)
    return REFUSED


if __name__ == "__main__":
    main()
