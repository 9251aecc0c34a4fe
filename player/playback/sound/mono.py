"""Both channels to both ears: for one earphone, or one loudspeaker."""

import numpy as np

from player.playback.decode import CHANNELS, Pcm


class Mono:
    """The mean of left and right on both sides: what is in the middle stays as loud as it was."""

    latency = 0

    def process(self, pcm: Pcm) -> Pcm:
        """QUANTUM frames."""
        middle = (pcm[:, 0] + pcm[:, 1]) * np.float32(0.5)
        return np.repeat(middle[:, None], CHANNELS, axis=1)
