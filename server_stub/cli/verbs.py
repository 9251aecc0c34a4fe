"""The verbs: each takes the parsed arguments, does its work and says how it went."""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from pathlib import Path
from typing import Any

import platformdirs
import structlog
import uvloop

from server_stub.bootstrap import administration, records
from server_stub.bootstrap.administration import NewAccount
from server_stub.bootstrap.errors import UsageError
from server_stub.bootstrap.folder import DataFolder
from server_stub.catalog.model.scan import ImportSummary
from server_stub.cli.output import Output, ProgressBar, printable
from server_stub.kernel.errors import SegueError
from server_stub.kernel.telemetry import configure_logging
from server_stub.settings import DATA_VARIABLE, Settings, SettingsError, load

DONE, FAILED, USAGE = 0, 1, 2
_INTERRUPTED = 130
_REPORT = "This is a fault of the program; the lines above say where."

Arguments = argparse.Namespace
Verb = Callable[[Arguments, DataFolder, Settings, Output], Coroutine[None, None, int]]


def run(arguments: Arguments) -> int:
    """Do what was asked. Errors become one line and an exit code."""
    output = Output(as_json=arguments.json)
    try:
        root = data_folder(arguments.data)
        settings = load(root, os.environ, _flags(arguments))
        folder = DataFolder(root, settings.database.url)
        configure_logging(settings.log.level if arguments.verb == "serve" else "warning")
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(VERBS[arguments.verb](arguments, folder, settings, output))
    except SegueError as error:
        output.error(error.code, error.detail, error.remedy)
        return USAGE if isinstance(error, UsageError | SettingsError) else FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001 -- the last boundary: a line here, all in the log
        structlog.get_logger(__name__).exception("failed", verb=arguments.verb)
        output.error("internal-error", f"{type(error).__name__}: {error}"[:300], _REPORT)
        return FAILED


def data_folder(given: Path | None) -> Path:
    """Where the data lies: flag, environment, or the platform's own place."""
    chosen = given or os.environ.get(DATA_VARIABLE) or platformdirs.user_data_dir("segue-server")
    return Path(chosen).expanduser().absolute()


def _flags(arguments: Arguments) -> dict[str, dict[str, Any]]:
    names = ("host", "port", "insecure_http")
    network = {name: getattr(arguments, name, None) for name in names}
    given = {"network": network, "database": {"url": arguments.database}}
    return {
        section: {name: value for name, value in keys.items() if value is not None}
        for section, keys in given.items()
    }


async def _serve(
    arguments: Arguments, folder: DataFolder, settings: Settings, output: Output
) -> int:
    from server_stub.bootstrap.serving import Ready, ServeRequest, serve

    def announce(ready: Ready) -> None:
        output.result(
            {"ready": ready.url, "authority_sha256": ready.authority_sha256}, f"ready {ready.url}"
        )
        if ready.authority_sha256 and not output.as_json:
            output.note(f"authority SHA-256 {_grouped(ready.authority_sha256)}")

    _check_paths(arguments.folders)
    request = ServeRequest(folder, settings, announce, arguments.folders, arguments.watch)
    await serve(request)
    return DONE


async def _import(
    arguments: Arguments, folder: DataFolder, _settings: Settings, output: Output
) -> int:
    _check_paths(arguments.folders)
    progress = ProgressBar()
    try:
        if arguments.watch:
            passes = administration.follow_folders(folder, arguments.folders, progress)
            async for summary in passes:
                _report(summary, output)
            return DONE
        summary = await administration.import_folders(folder, arguments.folders, progress)
    finally:
        progress.close()
    _report(summary, output)
    return DONE


def _report(summary: ImportSummary, output: Output) -> None:
    failed = [{"path": item.path, "reason": item.reason} for item in summary.failed]
    values = {
        "added": summary.added,
        "updated": summary.updated,
        "removed": summary.removed,
        "failed": failed,
    }
    if not output.as_json:
        for item in failed:
            output.note(printable(f"{item['path']}: {item['reason']}"))
    counts = f"{summary.added} added, {summary.updated} updated, {summary.removed} removed"
    output.result(values, f"{counts}, {len(failed)} with problems")


async def _user(
    arguments: Arguments, folder: DataFolder, settings: Settings, output: Output
) -> int:
    if arguments.user_verb in _USER_VERBS:
        return await _USER_VERBS[arguments.user_verb](arguments, folder, settings, output)
    password = sys.stdin.readline().rstrip("\r\n") if arguments.password_stdin else None
    account = NewAccount(arguments.name, password, arguments.tier, arguments.region)
    added = await administration.add_user(folder, settings, account)
    user = added.user
    shown = f"\npassword: {added.generated_password}" if added.generated_password else ""
    output.result(
        {
            "id": user.id,
            "name": user.name,
            "tier": user.tier,
            "region": user.region,
            "password": added.generated_password,
        },
        f"added {user.name} ({user.tier}, {user.region}){shown}",
    )
    return DONE


async def _user_export(
    arguments: Arguments, folder: DataFolder, settings: Settings, output: Output
) -> int:
    found = await records.export_user(folder, settings, arguments.name)
    output.result(found, json.dumps(found, ensure_ascii=False, indent=2))
    return DONE


async def _user_erase(
    arguments: Arguments, folder: DataFolder, settings: Settings, output: Output
) -> int:
    if not arguments.yes:
        output.note(f"This forgets {arguments.name} for good. Type the name again to go on:")
        if sys.stdin.readline().strip() != arguments.name:
            raise UsageError("nothing was erased", remedy="Type the name, or give --yes.")
    user_id = await records.erase_user(folder, settings, arguments.name)
    output.result({"erased": user_id}, f"{arguments.name} is forgotten")
    return DONE


async def _events(
    arguments: Arguments, folder: DataFolder, settings: Settings, output: Output
) -> int:
    told = records.events_of(folder, settings, arguments.user, follow=arguments.follow)
    async for one in told:
        event = one.event
        name = event["type"].removeprefix("segue.")
        data = json.dumps(event["data"], ensure_ascii=False)
        did = f"  -> {json.dumps(one.did)}" if one.did else ""
        output.result(asdict(one), f"{event['time']}  {name}  {data}{did}")
    return DONE


async def _replay(
    arguments: Arguments, folder: DataFolder, settings: Settings, output: Output
) -> int:
    done = await records.replay(folder, settings, arguments.context)
    lines = [
        f"{one.name}: {one.events} events, sha256 {one.digest}"
        + ("" if one.digest == one.replaced else f" (before: {one.replaced})")
        for one in done
    ]
    rebuilt = [{**asdict(one), "identical": one.digest == one.replaced} for one in done]
    output.result({"rebuilt": rebuilt}, "\n".join(lines))
    return DONE


async def _token(
    arguments: Arguments, folder: DataFolder, settings: Settings, output: Output
) -> int:
    token = await administration.make_token(folder, settings, arguments.name, arguments.label)
    output.result({"token": token}, token)
    return DONE


async def _doctor(
    _arguments: Arguments, folder: DataFolder, _settings: Settings, output: Output
) -> int:
    found = await administration.examine(folder)
    lines = [
        f"{'ok  ' if item.ok else 'FAIL'}  {item.name:<12} {item.detail}"
        + (f". {item.remedy}" if item.remedy else "")
        for item in found.findings
    ]
    lines += [printable(f"damaged: {file.path}: {file.reason}") for file in found.damaged]
    lines += [printable(f"odd: {title}: {note}") for title, note in found.odd]
    output.result(
        {
            "ok": found.ok,
            "data": str(folder.root),
            "checks": [asdict(item) for item in found.findings],
            "preparation": found.preparation,
            "damaged": [asdict(file) for file in found.damaged],
        },
        "\n".join([f"data  {folder.root}", *lines]),
    )
    return DONE if found.ok else FAILED


def _check_paths(paths: list[Path]) -> None:
    for path in paths:
        if not path.expanduser().exists():
            raise UsageError(f"{path} does not exist", remedy="Name a folder or an audio file.")


def _grouped(fingerprint: str) -> str:
    """A fingerprint as people compare it."""
    return ":".join(fingerprint[at : at + 2] for at in range(0, len(fingerprint), 2)).upper()


_USER_VERBS: dict[str, Verb] = {"export": _user_export, "erase": _user_erase}
VERBS: dict[str, Verb] = {
    "serve": _serve,
    "import": _import,
    "user": _user,
    "events": _events,
    "replay": _replay,
    "token": _token,
    "doctor": _doctor,
}
