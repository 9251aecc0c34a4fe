"""`segue-server`."""

import sys

from server_stub.cli.arguments import parser

DONE, FAILED, USAGE = 0, 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run one verb. Returns the exit code: 0 done, 1 failed, 2 usage."""
    program = parser()
    parsed = program.parse_args(arguments)
    if parsed.version:
        from importlib.metadata import version

        sys.stdout.write(f"segue-server {version('segue')}\n")
        return DONE
    if parsed.verb is None:
        program.print_help(sys.stderr)
        return USAGE
    # The verbs bring the web server and the database with them; --help shall not wait for those.
    from server_stub.cli.verbs import run

    return run(parsed)


if __name__ == "__main__":
    sys.exit(main())
