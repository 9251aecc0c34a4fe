"""`python -m server_stub.demo FOLDER`: make the demo library there."""

import os
import sys
from pathlib import Path

from server_stub.demo.library import write_library


def main() -> int:
    """Write the library, one line of progress a piece. Exit code 2 for wrong usage."""
    if len(sys.argv) != 2:
        sys.stderr.write("usage: python -m server_stub.demo FOLDER\n")
        return 2
    for done, total in write_library(Path(sys.argv[1]), os.cpu_count() or 1):
        if done < total:
            sys.stderr.write(f"Composing the demo library: {done} of {total}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
