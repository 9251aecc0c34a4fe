import hashlib
import json
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import example, given
from hypothesis import strategies as st

from drm.errors import (
    LicenceError,
    LicenceForeignError,
    LicenceMalformedError,
    LicenceTamperedError,
    LicenceVersionError,
)
from drm.format import licence

VECTOR = json.loads((Path(__file__).parent / "vectors" / "licence-1.json").read_text())
HEAD = 4 + 64

names = st.text(min_size=1, max_size=64).filter(lambda text: text.isprintable())
keys = st.binary(min_size=32, max_size=32)


@st.composite
def rights(draw):
    renditions = draw(st.lists(names, max_size=8, unique=True))
    tracks = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    owner = {rendition: draw(st.sampled_from(tracks)) for rendition in renditions}
    return {
        track: (draw(keys), {r: draw(keys) for r in renditions if owner[r] == track})
        for track in tracks
    }


def resigned(issuer: Ed25519PrivateKey, payload: bytes) -> bytes:
    """A blob whose signature is right, whatever the payload is."""
    return b"SGL1" + issuer.sign(b"segue/licence/1/signature\0" + payload) + payload


@given(rights())
def test_what_was_issued_is_read_back(issuer_key, device, issued, terms, wanted):
    read = licence.read(issued(wanted, kind="offline", max_kbps=96), issuer_key)

    assert {name: getattr(read, name) for name in licence.Terms.__struct_fields__} == (
        msgspec.structs.asdict(terms(kind="offline", max_kbps=96))
    )
    assert {t: right.manifest_sha256 for t, right in read.tracks.items()} == {
        t: digest for t, (digest, _) in wanted.items()
    }
    assert {t: set(right.keys) for t, right in read.tracks.items()} == {
        t: set(content_keys) for t, (_, content_keys) in wanted.items()
    }
    assert read.unseal(device) == {
        r: key for _, content_keys in wanted.values() for r, key in content_keys.items()
    }


def test_the_committed_vector_is_read():
    read = licence.read(
        bytes.fromhex(VECTOR["licence"]), bytes.fromhex(VECTOR["issuer_public_key"])
    )

    assert {n: getattr(read, n) for n in licence.Terms.__struct_fields__} == VECTOR["terms"]
    opened = read.unseal(
        X25519PrivateKey.from_private_bytes(bytes.fromhex(VECTOR["device_private_key"]))
    )
    expected = {}
    for track_id, track in VECTOR["tracks"].items():
        assert read.tracks[track_id].manifest_sha256.hex() == track["manifest_sha256"]
        expected.update({r: bytes.fromhex(key) for r, key in track["content_keys"].items()})
    assert opened == expected


def test_a_track_with_three_renditions_needs_less_than_a_kilobyte(issued):
    one = {"t" * 22: (bytes(32), {c * 22: bytes(32) for c in "abc"})}

    assert len(issued(one, id="l" * 22, device_id="d" * 22, account_id="a" * 22)) < 700


@given(st.binary(max_size=400))
@example(b"")
@example(b"SGL1")
@example(b"SGL1" + bytes(64))
@example(b"SGL1" + bytes(65))
def test_random_bytes_are_never_a_licence(issuer_key, noise):
    with pytest.raises(LicenceError):
        licence.read(noise, issuer_key)
    with pytest.raises(LicenceError):
        licence.read(b"SGL1" + noise, issuer_key)


@given(st.data())
def test_a_flipped_bit_is_never_accepted(issuer_key, issued, data):
    blob = bytearray(issued())
    bit = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[bit // 8] ^= 1 << bit % 8

    with pytest.raises(LicenceError):
        licence.read(bytes(blob), issuer_key)


def test_a_flipped_payload_bit_is_tampering(issuer_key, issued):
    blob = bytearray(issued())
    blob[HEAD + 20] ^= 1

    with pytest.raises(LicenceTamperedError):
        licence.read(bytes(blob), issuer_key)


def test_a_shortened_or_extended_licence_is_never_accepted(issuer_key, issued):
    blob = issued()
    for length in range(len(blob)):
        with pytest.raises(LicenceError):
            licence.read(blob[:length], issuer_key)
    with pytest.raises(LicenceTamperedError):
        licence.read(blob + b"\0", issuer_key)


def test_another_issuers_licence_is_refused(issued):
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()

    with pytest.raises(LicenceTamperedError):
        licence.read(issued(), stranger)


def test_parts_of_two_licences_do_not_make_a_third(issuer_key, issued):
    short, long = issued(), issued(id="licence-2", expires_at=9_000_000)

    with pytest.raises(LicenceTamperedError):
        licence.read(short[:HEAD] + long[HEAD:], issuer_key)


def test_a_signature_for_another_purpose_does_not_count(issuer, issuer_key, issued):
    payload = issued()[HEAD:]

    with pytest.raises(LicenceTamperedError):
        licence.read(b"SGL1" + issuer.sign(payload) + payload, issuer_key)


def test_a_newer_format_says_so(issuer_key, issued):
    with pytest.raises(LicenceVersionError):
        licence.read(b"SGL2" + issued()[4:], issuer_key)


def test_a_blob_too_long_is_refused_unseen(issuer_key):
    with pytest.raises(LicenceMalformedError):
        licence.read(b"SGL1" + bytes(licence.MAX_BYTES), issuer_key)


@given(st.binary(max_size=300))
def test_signed_noise_is_malformed(issuer, issuer_key, noise):
    with pytest.raises(LicenceMalformedError):
        licence.read(resigned(issuer, noise), issuer_key)


@given(st.recursive(st.none() | st.integers(-9, 9) | st.text(max_size=3), st.lists, max_leaves=30))
def test_signed_nonsense_is_malformed(issuer, issuer_key, value):
    with pytest.raises(LicenceMalformedError):
        licence.read(resigned(issuer, msgspec.msgpack.encode(value)), issuer_key)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (0, ""),
        (0, "x" * 65),
        (6, "rent"),
        (7, 0),
        (7, "320"),
        (8, -1),
        (9, 1_000_000),
        (9, 1 << 60),
        (10, bytes(31)),
        (11, bytes(79)),
        (12, {"track-1": [bytes(31), {}]}),
        (12, {"track-1": [bytes(32), {"rendition-1": bytes(47)}]}),
        (12, {"a": [bytes(32), {"r": bytes(48)}], "b": [bytes(32), {"r": bytes(48)}]}),
        (12, None),
    ],
)
def test_signed_but_senseless_terms_are_malformed(issuer, issuer_key, issued, field, value):
    fields = msgspec.msgpack.decode(issued()[HEAD:])
    fields[field] = value

    with pytest.raises(LicenceMalformedError):
        licence.read(resigned(issuer, msgspec.msgpack.encode(fields)), issuer_key)


def test_only_the_canonical_form_is_read(issuer, issuer_key, issued):
    fields = msgspec.msgpack.decode(issued()[HEAD:])
    assert licence.read(resigned(issuer, msgspec.msgpack.encode(fields)), issuer_key)

    with pytest.raises(LicenceMalformedError, match="canonical"):
        licence.read(resigned(issuer, msgspec.msgpack.encode([*fields, "more"])), issuer_key)


def test_another_device_cannot_open_it(issuer_key, issued):
    read = licence.read(issued(), issuer_key)

    with pytest.raises(LicenceForeignError):
        read.unseal(X25519PrivateKey.generate())


@pytest.mark.parametrize("name", [n for n in licence.Terms.__struct_fields__ if n != "kind"])
def test_sealed_keys_do_not_move_to_other_terms(issuer_key, device, issued, name):
    """Even an issuer's key that leaks cannot lengthen a licence it has not the keys for."""
    read = licence.read(issued(), issuer_key)
    value = getattr(read, name)
    moved = msgspec.structs.replace(read, **{name: value + 1 if type(value) is int else "other"})

    with pytest.raises(LicenceMalformedError):
        moved.unseal(device)


def test_wrapped_keys_do_not_change_places(issuer_key, device, issued):
    keys_of = {"r1": bytes([1]) * 32, "r2": bytes([2]) * 32}
    read = licence.read(issued({"t1": (bytes(32), keys_of)}), issuer_key)
    right = read.tracks["t1"]
    swapped = {"r1": right.keys["r2"], "r2": right.keys["r1"]}
    moved = msgspec.structs.replace(
        read, tracks={"t1": licence.TrackRight(right.manifest_sha256, swapped)}
    )
    renamed = msgspec.structs.replace(read, tracks={"t2": right})

    for forged in (moved, renamed):
        with pytest.raises(LicenceMalformedError):
            forged.unseal(device)


def test_a_worthless_sealed_key_is_refused(issuer_key, device, issued):
    read = licence.read(issued(), issuer_key)

    with pytest.raises(LicenceMalformedError):
        msgspec.structs.replace(read, wrapping_key=bytes(80)).unseal(device)


@pytest.mark.parametrize(
    ("rights_", "changed"),
    [
        ({"t": (bytes(31), {})}, {}),
        ({"t": (bytes(32), {"r": bytes(16)})}, {}),
        ({"t": (bytes(32), {"": bytes(32)})}, {}),
        ({"t": (bytes(32), {"r": bytes(32)}), "u": (bytes(32), {"r": bytes(32)})}, {}),
        ({}, {"expires_at": 1_000_000}),
        ({}, {"device_id": ""}),
        ({}, {"kind": "rent"}),
        ({}, {"max_kbps": 0}),
    ],
)
def test_a_licence_that_nobody_could_read_is_not_issued(issued, rights_, changed):
    with pytest.raises(ValueError):
        issued(rights_, **changed)


@pytest.mark.parametrize("device_key", [b"", bytes(31), bytes(32), b"\x01" + bytes(31)])
def test_a_worthless_device_key_is_refused(issuer, terms, device_key):
    with pytest.raises(ValueError):
        licence.issue(terms(), {}, device_key, issuer)


def test_two_licences_share_no_bytes_that_matter(issuer_key, issued):
    first, second = (licence.read(issued(), issuer_key) for _ in range(2))

    assert first.wrapping_key != second.wrapping_key
    assert (
        first.tracks["track-1"].keys["rendition-1"] != second.tracks["track-1"].keys["rendition-1"]
    )


def test_a_key_id_is_the_start_of_its_digest():
    assert licence.key_id(b"key") == hashlib.sha256(b"key").hexdigest()[:32]
