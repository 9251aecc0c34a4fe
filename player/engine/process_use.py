"""What this process takes of the machine: CPU and memory."""

import os
import resource
import sys
import time
from pathlib import Path

from player.playback.diagnostics.report import ProcessReport

_LEAST_SPAN_S = 0.5
"""Two looks closer than this give the same share of the CPU: the clock of CPU time is coarse."""


class ProcessUse:
    """CPU between looks and memory now. Threads count, children do not."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._at = self._began
        self._cpu_s = time.process_time()
        self._percent = 0.0

    def report(self) -> ProcessReport:
        """The figures of this moment."""
        now, cpu_s = time.monotonic(), time.process_time()
        if now - self._at >= _LEAST_SPAN_S:
            self._percent = 100 * (cpu_s - self._cpu_s) / (now - self._at)
            self._at, self._cpu_s = now, cpu_s
        return ProcessReport(
            cpu_percent=round(self._percent, 2),
            cpu_s=round(cpu_s, 2),
            memory_bytes=memory_bytes(),
            up_s=round(now - self._began, 1),
        )


def memory_bytes() -> int:
    """Resident memory; where the system tells only the most there ever was, that."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak if sys.platform == "darwin" else peak * 1024
