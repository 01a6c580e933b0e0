"""What went wrong on the wire, in words that the letters' page can show."""

import socket
import ssl

from aiosmtplib import errors

_LONGEST = 400


def answer_words(code: int, text: str) -> str:
    """A server's answer on one line: «550 5.1.1 User unknown»."""
    return _line(f"{code} {text}")


def fault_words(error: BaseException) -> str:
    """A fault of the connection: what happened, then the machine's own words in brackets."""
    for cause in _causes(error):
        words = _known(cause)
        if words:
            return words
    return _line(f"связь с почтовым сервером оборвалась ({_said(error)})")


def _known(error: BaseException) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return _line(f"сертификату почтового сервера нельзя доверять ({error.verify_message})")
        case ssl.SSLError():
            return _line(
                f"не удалось защитить соединение с почтовым сервером ({_said(error)}); проверьте "
                "порт и начало KARTA_SMTP_URL"
            )
        case socket.gaierror():
            return _line(f"почтовый сервер не найден ({_said(error)})")
        case errors.SMTPAuthenticationError():
            said = answer_words(error.code, error.message)
            return _line(f"почтовый сервер не принял имя или пароль ({said})")
        case errors.SMTPResponseException():
            said = answer_words(error.code, error.message)
            return _line(f"почтовый сервер не вступил в разговор ({said})")
        case errors.SMTPException() if "STARTTLS" in error.message:
            return (
                "почтовый сервер не предлагает STARTTLS, а без защиты письма не отправляются; "
                "проверьте порт и начало KARTA_SMTP_URL"
            )
        case errors.SMTPException() if "auth" in error.message.lower():
            return "почтовый сервер не предлагает входа по имени и паролю"
        case ConnectionRefusedError():
            return _line(f"почтовый сервер не принимает соединений ({_said(error)})")
        case TimeoutError():
            return "почтовый сервер не ответил вовремя"
        case errors.SMTPServerDisconnected() | ConnectionResetError():
            return "почтовый сервер оборвал соединение"
    return ""


def _causes(error: BaseException) -> list[BaseException]:
    """The deepest cause first: it says most."""
    chain = [error]
    while (cause := chain[-1].__cause__) is not None and cause not in chain:
        chain.append(cause)
    return chain[::-1]


def _said(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _line(text: str) -> str:
    # A hostile or merely odd server must not put control characters on our pages.
    printable = "".join(c if c.isprintable() else " " for c in text)
    line = " ".join(printable.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
