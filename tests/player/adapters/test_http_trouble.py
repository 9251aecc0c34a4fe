"""What a failed connection is called, and what to do about it."""

import socket
import ssl

import httpx
import pytest

from player.adapters.http_line import moment
from player.adapters.http_trouble import trouble
from player.errors import BadAnswerError, OfflineError, UntrustedServerError

URL = "https://music.example:8040"


def caused(error, cause):
    error.__cause__ = cause
    return error


def verification(words):
    error = ssl.SSLCertVerificationError(1, f"[SSL: CERTIFICATE_VERIFY_FAILED] {words}")
    return caused(httpx.ConnectError("failed"), error)


@pytest.mark.parametrize(
    ("error", "kind", "message", "remedy"),
    [
        (
            caused(httpx.ConnectError("x"), socket.gaierror(-2, "unknown")),
            OfflineError,
            "the name music.example is not known here",
            "DNS",
        ),
        (
            caused(httpx.ConnectError("x"), ConnectionRefusedError(111, "refused")),
            OfflineError,
            f"no server runs at {URL}",
            "check that the server runs",
        ),
        (
            caused(httpx.ConnectError("x"), ssl.SSLEOFError(8, "EOF in violation of protocol")),
            OfflineError,
            "no secure connection to music.example",
            "breaks TLS",
        ),
        (verification("self-signed"), UntrustedServerError, "is not the server", "segue login"),
        (
            verification("certificate is not yet valid"),
            UntrustedServerError,
            "out of date",
            "this machine's clock",
        ),
        (httpx.ReadTimeout(""), OfflineError, "does not answer in time", "check that the server"),
        (httpx.RemoteProtocolError("cut"), OfflineError, "broke: cut", "check that the server"),
        (httpx.ReadError(""), OfflineError, "broke: ReadError", "check that the server"),
        (httpx.TooManyRedirects("round"), BadAnswerError, "round", "segue doctor"),
    ],
)
def test_words(error, kind, message, remedy):
    found = trouble(URL, error)
    assert type(found) is kind
    assert message in found.message
    assert remedy in found.remedy


@pytest.mark.parametrize(
    ("text", "unix"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777.0),
        ("Sunday, 06-Nov-94 08:49:37 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_of_http(text, unix):
    assert moment(text) == unix
