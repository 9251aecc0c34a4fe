"""The arguments of every verb."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no public name


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    program = argparse.ArgumentParser(
        prog="segue-server", description="Turn folders of music into a streaming service."
    )
    program.add_argument("--version", action="store_true", help="print the version")
    verbs = program.add_subparsers(dest="verb", metavar="VERB")
    common = _common()
    _serve(verbs.add_parser("serve", parents=[common], help="run the server"))
    _import(verbs.add_parser("import", parents=[common], help="bring folders into the library"))
    user_verbs = verbs.add_parser("user", help="accounts").add_subparsers(
        dest="user_verb", metavar="VERB", required=True
    )
    _user_add(user_verbs.add_parser("add", parents=[common], help="add an account"))
    _user_records(user_verbs, common)
    token = verbs.add_parser("token", parents=[common], help="make a bearer token for scripts")
    token.add_argument("name", metavar="NAME", help="whose account it speaks for")
    token.add_argument("--label", default="script", help="what it is for")
    _events(verbs.add_parser("events", parents=[common], help="what one user's events did"))
    replay = verbs.add_parser(
        "replay", parents=[common], help="make projections again from the event log"
    )
    replay.add_argument("context", nargs="?", metavar="CONTEXT", help="only this one's")
    verbs.add_parser("doctor", parents=[common], help="look for what is wrong")
    return program


def _user_records(user_verbs: "Subparsers", common: argparse.ArgumentParser) -> None:
    export = user_verbs.add_parser(
        "export", parents=[common], help="print everything that is kept about a user, as JSON"
    )
    export.add_argument("name", metavar="NAME")
    erase = user_verbs.add_parser(
        "erase", parents=[common], help="forget a user for good, with all events"
    )
    erase.add_argument("name", metavar="NAME")
    erase.add_argument("--yes", action="store_true", help="do not ask")


def _events(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--user", required=True, metavar="NAME", help="whose events")
    verb.add_argument("--follow", action="store_true", help="go on with what happens from now on")


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data", type=Path, metavar="DIR", help="where the server keeps its data")
    common.add_argument(
        "--database", metavar="URL", help="postgresql://USER@HOST/NAME instead of SQLite in DIR"
    )
    common.add_argument("--json", action="store_true", help="print JSON for programs")
    return common


def _serve(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--host", help="address to listen on (127.0.0.1)")
    verb.add_argument("--port", type=int, help="port to listen on, 0 for any (8040)")
    verb.add_argument(
        "--insecure-http", action="store_true", default=None, help="no TLS; loopback hosts only"
    )
    verb.add_argument(
        "--import",
        dest="folders",
        type=Path,
        metavar="PATH",
        action="append",
        default=[],
        help="import this while serving (can be repeated)",
    )
    verb.add_argument("--watch", action="store_true", help="go on following what --import names")


def _import(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("folders", type=Path, nargs="+", metavar="PATH", help="folder or file")
    verb.add_argument("--watch", action="store_true", help="go on following the folders")


def _user_add(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("name", metavar="NAME")
    verb.add_argument("--tier", choices=("free", "premium"), default="premium")
    verb.add_argument("--region", default="DE", help="two-letter country code")
    verb.add_argument(
        "--password-stdin",
        action="store_true",
        help="read the password from standard input; else one is made and shown",
    )
