#!/usr/bin/env python3
"""One command to run Карта, one to test it. Standard library only; any Python reads this file."""

from __future__ import print_function

import hashlib
import os
import re
import shutil
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
LOG = os.path.join(ROOT, ".venv", "install.log")
OLDEST, FIRST_TOO_NEW = (3, 11), (3, 14)

HELP = """Карта – дорожная карта школы, доведённая до конца.

  python start.py              запустить (при первом запуске всё установится само)
  python start.py setup        только подготовить .venv
  python start.py test         проверить всё: модули, базу, письма, страницы
  python start.py bench        измерить скорость и память
  python start.py lock         обновить requirements.lock по pyproject.toml
  python start.py help         эта справка

Всё, что стоит после команды, передаётся дальше: python start.py --port 8080
"""


class Stop(Exception):
    """What went wrong, as a sentence for the person at the keyboard."""


def say(text):
    print(text)
    sys.stdout.flush()


def check_python():
    version = sys.version_info[:2]
    if version < OLDEST:
        raise Stop(
            "Нужен Python 3.11 или новее, а это Python %d.%d. Установите новый с сайта python.org "
            "(в Windows отметьте «Add python.exe to PATH») и запустите снова." % version
        )
    if version >= FIRST_TOO_NEW:
        raise Stop(
            "Python %d.%d слишком новый: с ним работают ещё не все нужные библиотеки. "
            "Установите Python 3.13 и запустите: python3.13 start.py" % version
        )


def in_venv(name):
    folder, ending = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return os.path.join(VENV, folder, name + ending)


def read(name):
    with open(os.path.join(ROOT, name), "rb") as file:
        return file.read()


def stamp_of(lock):
    """Changes whenever what is installed would change."""
    digest = hashlib.sha256()
    for part in (read(lock), read("pyproject.toml"), sys.version.encode(), ROOT.encode("utf-8")):
        digest.update(part)
        digest.update(b"\0")
    return digest.hexdigest()


def stamp_file(lock):
    return os.path.join(VENV, lock + ".stamp")


def is_ready(lock):
    try:
        with open(stamp_file(lock)) as file:
            return file.read() == stamp_of(lock) and os.path.exists(in_venv("python"))
    except (OSError, IOError):
        return False


def make_venv():
    """A usable .venv; a half-made one or one of another Python is made anew."""
    if os.path.exists(in_venv("python")):
        ask = "import sys, pip; sys.stdout.write('%d.%d' % sys.version_info[:2])"
        try:
            found = subprocess.check_output(
                [in_venv("python"), "-c", ask], stderr=subprocess.STDOUT
            )
        except (subprocess.CalledProcessError, OSError):
            found = b""
        if found.decode("ascii", "replace") == "%d.%d" % sys.version_info[:2]:
            return
    say("Готовлю папку .venv …")
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        import ensurepip  # noqa: F401 - Debian ships Python without it
        import venv

        venv.EnvBuilder(with_pip=True, symlinks=os.name != "nt").create(VENV)
    except (ImportError, subprocess.CalledProcessError):
        raise Stop(
            "В этом Python нет модуля venv. В Debian и Ubuntu установите его: "
            "sudo apt-get install python%d.%d-venv – и запустите снова." % sys.version_info[:2]
        )
    except OSError as error:
        raise Stop("Не удалось создать папку %s: %s" % (VENV, error.strerror or error))


def install(lock):
    """Installs exactly what the lock names, then the project itself."""
    started = time.time()
    total = len(re.findall(r"(?m)^[A-Za-z0-9]", read(lock).decode("utf-8")))
    make_venv()
    say("Устанавливаю библиотеки (в списке %d), это займёт несколько минут …" % total)
    pip = [in_venv("python"), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    # The lock is complete, so nothing is left to resolve: an old pip would look for a newer version
    # of what is asked for with an extra, and give up.
    run_pip(pip + ["--no-deps", "--require-hashes", "-r", os.path.join(ROOT, lock)], total)
    run_pip(pip + ["--no-deps", "--no-build-isolation", "-e", ROOT], 0)
    with open(stamp_file(lock), "w") as file:
        file.write(stamp_of(lock))
    say("Готово за %d с." % (time.time() - started))


def run_pip(command, total):
    """Runs pip with its output in a log, showing one line of progress."""
    seen = 0
    live = sys.stdout.isatty()
    environment = dict(os.environ, PYTHONIOENCODING="utf-8", PIP_PROGRESS_BAR="off")
    with open(LOG, "ab") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, cwd=ROOT
        )
        for line in process.stdout:
            log.write(line)
            words = line.decode("utf-8", "replace").split()
            if total and words[:1] == ["Collecting"]:
                seen += 1
                name = re.split(r"[=<>~!;\[ ]", words[1])[0]
                if live:
                    sys.stdout.write("\r  %3d из %d  %-40s" % (min(seen, total), total, name))
                    sys.stdout.flush()
                elif seen % 20 == 0:
                    say("  %d из %d" % (min(seen, total), total))
            elif total and words[:1] == ["Installing"]:
                say(("\r" if live else "") + "  скачано, раскладываю по местам …" + " " * 30)
        code = process.wait()
    if code:
        raise Stop(
            "Библиотеки не установились. Проверьте, что есть интернет и свободное место, и "
            "запустите снова: начатое не пропадёт. Подробности – в файле %s" % LOG
        )


def prepare(lock="requirements.lock"):
    if not is_ready(lock):
        install(lock)


def run(command, **changes):
    """Runs to the end in the project's folder; its exit code."""
    return subprocess.call(command, cwd=ROOT, env=dict(os.environ, **changes))


def find_chromium():
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    for path in (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
        os.path.expandvars(r"%ProgramFiles%\Google\Chrome\Application\chrome.exe"),
        os.path.expandvars(r"%ProgramFiles(x86)%\Google\Chrome\Application\chrome.exe"),
        os.path.expandvars(r"%LocalAppData%\Google\Chrome\Application\chrome.exe"),
    ):
        if os.path.exists(path):
            return path
    return None


def need_chromium():
    """Path of a Chromium for the page tests, installed where a package manager can do it."""
    found = os.environ.get("KARTA_CHROMIUM") or find_chromium()
    if found:
        return found
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    sudo = [] if root else ["sudo", "-n"]
    for tool, commands in (
        (
            "apt-get",
            [
                sudo + ["apt-get", "update", "-q"],
                sudo + ["apt-get", "install", "-y", "-q", "chromium"],
            ],
        ),
        ("dnf", [sudo + ["dnf", "install", "-y", "-q", "chromium"]]),
        ("zypper", [sudo + ["zypper", "-n", "install", "chromium"]]),
        ("brew", [["brew", "install", "--cask", "chromium"]]),
        (
            "winget",
            [
                [
                    "winget",
                    "install",
                    "-e",
                    "--id",
                    "Google.Chrome",
                    "--silent",
                    "--accept-package-agreements",
                    "--accept-source-agreements",
                ]
            ],
        ),
    ):
        if shutil.which(tool):
            say("Устанавливаю Chromium для проверки страниц (%s) …" % tool)
            quiet = {"DEBIAN_FRONTEND": "noninteractive"}
            with open(LOG, "ab") as log:
                for command in commands:
                    environment = dict(os.environ, **quiet)
                    subprocess.call(command, stdout=log, stderr=subprocess.STDOUT, env=environment)
            break
    found = find_chromium()
    if not found:
        raise Stop(
            "Для проверки страниц нужен Chromium или Google Chrome. Установите его "
            "(Debian, Ubuntu: sudo apt-get install chromium; Windows и macOS: с сайта Google) "
            "и запустите снова. Если он уже есть, назовите его: KARTA_CHROMIUM=путь"
        )
    return found


def test(arguments):
    prepare("requirements-test.lock")
    chromium = need_chromium()
    python = in_venv("python")
    if not arguments:
        code = run([python, "-m", "ruff", "check", "."]) or run(
            [python, "-m", "ruff", "format", "--check", "."]
        )
        code = code or run([python, "-m", "mypy"])
        if code:
            return code
    # Two at a time, a file after the other, in the files' own order: the slow ones come first, so
    # that neither waits for the other at the end.
    side_by_side = [] if arguments else ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
    return run(
        [python, "-m", "pytest"] + side_by_side + arguments,
        KARTA_CHROMIUM=chromium,
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
        DO_NOT_TRACK="1",
    )


def lock():
    """Renews both locks with the index that this machine is set up to use."""
    prepare()
    python = in_venv("python")
    with open(os.path.join(VENV, "uv.log"), "ab") as log:
        if subprocess.call([python, "-m", "pip", "install", "-q", "uv"], stdout=log, stderr=log):
            raise Stop("Не удалось установить uv, которым обновляется список библиотек.")
    common = [
        python, "-m", "uv", "pip", "compile", "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-emit-index-url", "--no-header", "--no-annotate", "-q",
        "--upgrade", "--extra", "build", "pyproject.toml",
    ]  # fmt: skip
    return run(common + ["-o", "requirements.lock"]) or run(
        common + ["--extra", "test", "-c", "requirements.lock", "-o", "requirements-test.lock"]
    )


def up(arguments):
    prepare()
    command = [in_venv("python"), "-m", "cli.main", "up"] + arguments
    os.environ["KARTA_ROOT"] = ROOT
    if os.name == "nt":
        process = subprocess.Popen(command)
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue  # the same Ctrl-C has reached the service, which is stopping
    os.execv(command[0], command)
    return 0


def main(arguments):
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    word = arguments[0] if arguments else "up"
    try:
        check_python()
        if word in ("help", "-h", "--help"):
            say(HELP)
            return 0
        if word == "setup":
            prepare()
            say("Всё готово. Запуск: python start.py")
            return 0
        if word == "test":
            return test(arguments[1:])
        if word == "lock":
            return lock()
        if word == "bench":
            prepare("requirements-test.lock")
            return run([in_venv("python"), "-m", "bench"] + arguments[1:])
        if word == "up":
            return up(arguments[1:])
        if word.startswith("-"):
            return up(arguments)
        raise Stop("Команды «%s» нет. Что можно: python start.py help" % word)
    except Stop as stop:
        sys.stderr.write("%s\n" % stop)
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("\nПрервано. Запустите снова – работа продолжится.\n")
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
