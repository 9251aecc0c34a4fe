"""What must be read of Vorbis headers and packets: how many samples a packet decodes to."""

from dataclasses import dataclass

from server_stub.streaming.errors import StreamDamagedError

_MODE_BITS = 41  # window type 16, transform type 16, mapping 8 and the block flag
_IDENTIFICATION_BYTES = 30


def split_headers(extradata: bytes) -> tuple[bytes, bytes, bytes]:
    """The three header packets out of Xiph-laced codec data."""
    if len(extradata) < 3 or extradata[0] != 2:
        raise StreamDamagedError("three laced Vorbis headers expected")
    sizes = []
    at = 1
    for _ in range(2):
        size = 0
        while extradata[at] == 255:
            size += 255
            at += 1
        sizes.append(size + extradata[at])
        at += 1
    first, second = sizes
    return (
        extradata[at : at + first],
        extradata[at + first : at + first + second],
        extradata[at + first + second :],
    )


@dataclass(frozen=True, slots=True)
class BlockSizes:
    """Block lengths of a stream, and which mode numbers are long blocks."""

    short: int
    long: int
    long_modes: tuple[bool, ...]

    def of(self, packet: bytes) -> int:
        """Block length of an audio packet."""
        mask = (1 << (len(self.long_modes) - 1).bit_length()) - 1
        mode = (packet[0] >> 1) & mask
        if packet[0] & 1 or mode >= len(self.long_modes):
            raise StreamDamagedError("not a Vorbis audio packet")
        return self.long if self.long_modes[mode] else self.short


def block_sizes(identification: bytes, setup: bytes) -> BlockSizes:
    """Read the block lengths from the first and the modes from the end of the third header."""
    if len(identification) < _IDENTIFICATION_BYTES or identification[1:7] != b"vorbis":
        raise StreamDamagedError("not a Vorbis identification header")
    packed = identification[28]
    return BlockSizes(1 << (packed & 15), 1 << (packed >> 4), _modes(setup))


def _modes(setup: bytes) -> tuple[bool, ...]:
    """The modes stand last in the setup header: count them backwards from the framing bit.

    A header does not say where its modes begin. Reading back, a mode has zero window and transform
    types; the list is whole where the six bits before it hold the number of modes less one.
    """
    bits = int.from_bytes(setup, "little")
    top = bits.bit_length() - 1  # the framing bit
    flags: list[bool] = []
    count = 0
    at = top
    while at >= _MODE_BITS + 6:
        at -= _MODE_BITS
        mode = (bits >> at) & ((1 << _MODE_BITS) - 1)
        if (mode >> 1) & 0xFFFFFFFF:
            break
        flags.append(bool(mode & 1))
        if (bits >> (at - 6)) & 63 == len(flags) - 1:
            count = len(flags)
    if not count:
        raise StreamDamagedError("no modes in the Vorbis setup header")
    return tuple(reversed(flags[:count]))


class PacketLengths:
    """Samples that each packet of a stream makes a decoder give, in order."""

    def __init__(self, sizes: BlockSizes) -> None:
        self._sizes = sizes
        self._previous = 0

    def next(self, packet: bytes) -> int:
        """Half of each of two neighbouring blocks overlap; the first packet gives nothing."""
        size = self._sizes.of(packet)
        samples = (self._previous + size) // 4 if self._previous else 0
        self._previous = size
        return samples
