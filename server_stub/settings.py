"""Settings of the server: read once from file, environment and flags, passed on as sections.

`DATA/settings.toml` has one table a section; `SEGUE_SERVER_NETWORK_PORT=8040` sets one key and
wins over the file; a flag wins over both. A key nobody knows is an error that names it.
"""

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec

from server_stub.accounts.model import AccountsSettings
from server_stub.kernel.errors import Kind, SegueError
from server_stub.licensing.model import LicensingSettings

PREFIX = "SEGUE_SERVER_"
DATA_VARIABLE = "SEGUE_SERVER_DATA"
FILE_NAME = "settings.toml"

Port = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
Count = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]


class SettingsError(SegueError):
    """A setting that cannot be used."""

    kind = Kind.INVALID
    code = "settings-invalid"


class NetworkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where the server listens and how it is called."""

    host: str = "127.0.0.1"
    port: Port = 8040
    """0 takes any free port."""
    insecure_http: bool = False
    """Plain HTTP; for loopback hosts only."""
    public_url: str = ""
    """How clients reach the server, if not by the address they used (behind an edge)."""
    names: tuple[str, ...] = ()
    """Further host names and addresses for the certificate."""
    shutdown_s: Annotated[int, msgspec.Meta(ge=0, le=300)] = 5
    """How long requests may take to end after the server was told to stop."""


class DatabaseSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where accounts, catalog and events are kept."""

    url: str = ""
    """`postgresql://USER@HOST/NAME`; empty for SQLite in the data folder."""


class EventSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The event log."""

    keep_days: Annotated[int, msgspec.Meta(ge=0, le=36_500)] = 0
    """Drop events that are older, once a snapshot holds what was made of them; 0 keeps all."""
    kafka: str = ""
    """`HOST:PORT,HOST:PORT`: consumers read from Kafka, to which the database's log is carried."""
    topic: str = "segue-events"


class MediaSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Signed media addresses."""

    address_ttl_s: Annotated[int, msgspec.Meta(ge=30, le=86_400)] = 900


class GrantSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Grants to play."""

    max_tracks: Annotated[int, msgspec.Meta(ge=1, le=200)] = 20


class LimitSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much one caller may ask for."""

    body_bytes: Count = 65_536
    page_items: Count = 500
    sign_in_attempts: Count = 10
    """Passwords an address or an account may try within `sign_in_window_s`."""
    sign_in_window_s: Count = 300


class LinkSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The pages behind https://HOST/track/ID."""

    preview: bool = True
    """Tell title and artist to anybody who has the link."""


class PreparationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The background encoder."""

    workers: Annotated[int, msgspec.Meta(ge=0, le=64)] = 0
    """Processes that encode at once; 0 leaves the choice to the machine."""


class LogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The log on standard error."""

    level: Literal["debug", "info", "warning", "error"] = "info"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All sections."""

    network: NetworkSettings = NetworkSettings()
    database: DatabaseSettings = DatabaseSettings()
    events: EventSettings = EventSettings()
    accounts: AccountsSettings = AccountsSettings()
    licensing: LicensingSettings = LicensingSettings()
    media: MediaSettings = MediaSettings()
    grants: GrantSettings = GrantSettings()
    limits: LimitSettings = LimitSettings()
    links: LinkSettings = LinkSettings()
    preparation: PreparationSettings = PreparationSettings()
    log: LogSettings = LogSettings()


Sections = dict[str, Any]


def load(
    data_dir: Path, environment: Mapping[str, str], flags: Mapping[str, Mapping[str, Any]]
) -> Settings:
    """Read all settings. Raises SettingsError, naming the key that is wrong.

    `flags` holds sections of the keys that the command line gave.
    """
    sections = _from_file(data_dir / FILE_NAME)
    _check_names(sections, Settings, "")
    for variable, value in sorted(environment.items()):
        if variable.startswith(PREFIX) and variable != DATA_VARIABLE:
            path = _path_of(variable.removeprefix(PREFIX).lower(), Settings)
            if path is None:
                raise SettingsError(
                    f"{variable} names no setting",
                    remedy=f"Unset it; {PREFIX}SECTION_KEY is the form.",
                )
            _put(sections, path, value.split(",") if path[-1] in _LISTS else value)
    for section, keys in flags.items():
        for key, value in keys.items():
            _put(sections, (section, key), value)
    try:
        return msgspec.convert(sections, Settings, strict=False)
    except (msgspec.ValidationError, ValueError) as error:
        raise SettingsError(
            f"a setting cannot be used: {error}",
            remedy=f"Correct it in {data_dir / FILE_NAME}, the {PREFIX}* variables or the flags.",
        ) from error


_LISTS = {"names"}


def _from_file(path: Path) -> Sections:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not TOML: {error}", remedy="Correct the file.") from error


def _fields(kind: Any) -> dict[str, Any]:
    """The keys of a section with their types; a plain value has none."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return {field.name: field.type for field in msgspec.structs.fields(kind)}
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return {field.name: hints[field.name] for field in dataclasses.fields(kind)}
    return {}


def _check_names(table: Sections, kind: Any, path: str) -> None:
    known = _fields(kind)
    for name, value in table.items():
        if name not in known:
            raise SettingsError(
                f"there is no setting {path}{name}",
                remedy=f"Remove it from {FILE_NAME}; known here: {', '.join(known)}.",
            )
        if isinstance(value, dict) and _fields(known[name]):
            _check_names(value, known[name], f"{path}{name}.")


def _path_of(text: str, kind: Any) -> tuple[str, ...] | None:
    """The keys that `network_port` and the like walk through."""
    for name, inner in _fields(kind).items():
        if text == name and not _fields(inner):
            return (name,)
        if text.startswith(f"{name}_") and (path := _path_of(text[len(name) + 1 :], inner)):
            return (name, *path)
    return None


def _put(sections: Sections, path: tuple[str, ...], value: Any) -> None:
    table = sections
    for name in path[:-1]:
        table = table.setdefault(name, {})
    table[path[-1]] = value
