"""Lines of the engine's protocol."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from player.engine import protocol
from player.engine.protocol import ProtocolError
from player.errors import EngineError, NotFoundError

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_a_message_comes_back_as_it_was(message):
    line = protocol.encode(message)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert protocol.decode(line) == message


@pytest.mark.parametrize("line", [b"", b"no json\n", b"[1]\n", b'"text"\n', b"\xff\n"])
def test_anything_else_is_refused(line):
    with pytest.raises(ProtocolError):
        protocol.decode(line)


def test_a_line_has_a_longest_length():
    with pytest.raises(ProtocolError):
        protocol.encode({"text": "x" * protocol.MAX_LINE})
    with pytest.raises(ProtocolError):
        protocol.decode(b" " * (protocol.MAX_LINE + 1))


@pytest.mark.parametrize("message", [{}, {"hello": 2}, {"hello": "1"}])
def test_another_version_is_refused(message):
    with pytest.raises(ProtocolError):
        protocol.check_hello(message)


def test_hello_and_welcome_agree():
    protocol.check_hello(protocol.hello("cli"))
    protocol.check_hello(protocol.welcome("0.1", 1))


@pytest.mark.parametrize(
    "message",
    [{"id": "1", "command": "x"}, {"id": 1}, {"id": 1, "command": "x", "args": []}],
)
def test_a_request_has_a_form(message):
    with pytest.raises(ProtocolError):
        protocol.read_request(message)


def test_arguments_may_be_left_out():
    assert protocol.read_request({"id": 1, "command": "pause"}) == (1, "pause", {})


def test_a_refusal_keeps_kind_and_remedy():
    refusal = protocol.refusal(3, NotFoundError("gone", remedy="look elsewhere"))
    with pytest.raises(EngineError) as caught:
        protocol.result_of(protocol.decode(protocol.encode(refusal)))
    assert (caught.value.kind, caught.value.remedy) == ("not_found", "look elsewhere")


def test_an_unknown_kind_counts_as_failed():
    with pytest.raises(EngineError) as caught:
        protocol.result_of({"id": 1, "error": {"kind": "new", "message": "m"}})
    assert caught.value.kind == "failed"
