"""Where this machine calls a server of its own, whatever the server listens on."""

import pytest

from services.near import near_url
from services.settings import Settings


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
        ("fe80::1", "http://[fe80::1]:8000"),
        ("[::1]", "http://[::1]:8000"),
        ("karta.school", "http://karta.school:8000"),
    ],
)
def test_a_server_is_called_where_it_answers(host: str, url: str) -> None:
    assert near_url(host, 8000) == url


def test_letters_lead_to_the_public_address_where_there_is_one() -> None:
    settings = Settings(public_url="https://karta.school/", host="::")

    assert settings.base_url == "https://karta.school"
    assert settings.changed(public_url=None).base_url == "http://[::1]:8000"
