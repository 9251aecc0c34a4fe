"""`python -m tests.benchmarks [NAME ...]`: print every benchmark, or those named."""

import importlib
import platform
import sys
import time
from pathlib import Path

NAMES = (
    "start",
    "scan",
    "encode",
    "sound",
    "processors",
    "serving",
    "playing",
    "disk",
    "adaptation",
    "shaped",
    "events",
    "ot",
    "soak",
)


def main(names: list[str]) -> int:
    """Run them one after the other; an unknown name is a usage error."""
    if unknown := [name for name in names if name not in NAMES]:
        print(f"no benchmark {unknown[0]}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    print(f"{platform.platform()}, Python {platform.python_version()}, {_processor()}")
    for name in names or NAMES:
        print(f"\n== {name} ==", flush=True)
        begin = time.monotonic()
        importlib.import_module(f"tests.benchmarks.{name}").main()
        print(f"({time.monotonic() - begin:.0f} s)", flush=True)
    return 0


def _processor() -> str:
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
            models = [line.split(":", 1)[1].strip() for line in lines if "model name" in line]
    except OSError:
        models = []
    return f"{len(models)} x {models[0]}" if models else platform.machine()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
