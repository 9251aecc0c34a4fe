import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from drm.format import envelope

KEY = bytes(range(32))


@given(st.binary(max_size=600), st.data())
def test_any_range_opens_by_itself(clear, data):
    sealed = envelope.apply(KEY, 0, clear)
    start = data.draw(st.integers(0, len(clear)))
    end = data.draw(st.integers(start, len(clear)))

    assert envelope.apply(KEY, start, sealed[start:end]) == clear[start:end]


@given(st.integers(0, 1 << 40), st.binary(min_size=1, max_size=40))
def test_far_ranges_count_the_same_blocks(offset, clear):
    before = offset % 16
    whole = envelope.apply(KEY, offset - before, bytes(before) + clear)

    assert envelope.apply(KEY, offset, clear) == whole[before:]


def test_it_is_plain_aes_ctr_from_zero():
    cipher = Cipher(algorithms.AES256(KEY), modes.CTR(bytes(16))).encryptor()

    assert envelope.apply(KEY, 0, b"segue" * 9) == cipher.update(b"segue" * 9)


def test_a_negative_offset_is_refused():
    with pytest.raises(ValueError, match="negative"):
        envelope.apply(KEY, -1, b"")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length):
    with pytest.raises(ValueError):
        envelope.apply(bytes(length), 0, b"x")


def test_content_keys_are_fresh():
    assert len({envelope.new_content_key() for _ in range(50)}) == 50
    assert len(envelope.new_content_key()) == envelope.KEY_BYTES
