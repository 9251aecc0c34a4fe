"""What a command line may load: it answers like a native tool only while this holds."""

import json
import subprocess
import sys

import pytest

PROBE = """
import json, sys
import player.__main__
{more}
print(json.dumps(sorted(sys.modules)))
"""
OURS = ("player", "sync", "drm", "cache", "server_stub")
LIGHT = {
    "player",
    "player.__main__",
    "player.cli",
    "player.cli.figures",
    "player.cli.following",
    "player.cli.help",
    "player.cli.main",
    "player.cli.marks",
    "player.cli.playlists",
    "player.cli.printing",
    "player.cli.sound",
    "player.cli.verbs",
    "player.commands",
    "player.commands.marks",
    "player.commands.pages",
    "player.commands.playlists",
    "player.commands.playback",
    "player.commands.session",
    "player.commands.shape",
    "player.commands.sound",
    "player.commands.streaming",
    "player.engine",
    "player.engine.blocking",
    "player.engine.home",
    "player.engine.protocol",
    "player.engine.sinks",
    "player.engine.spawn",
    "player.errors",
    "player.parsing",
}
COSTLY = {"argparse", "asyncio", "dataclasses", "inspect", "ssl", "logging", "tempfile"}
"""Of the standard library, but too slow for a `segue pause`."""


def modules_after(more):
    """What a fresh interpreter has loaded, beyond what it loads by itself."""
    run = [sys.executable, "-c"]
    bare = subprocess.run(
        [*run, "import json, sys; print(json.dumps(sorted(sys.modules)))"],
        capture_output=True, check=True,
    )  # fmt: skip
    loaded = subprocess.run([*run, PROBE.format(more=more)], capture_output=True, check=True)
    return set(json.loads(loaded.stdout.splitlines()[-1])) - set(json.loads(bare.stdout))


@pytest.mark.parametrize(
    "more",
    [
        "",
        "player.__main__.run(['status', '--home', '/nonexistent/segue'])",
        "player.__main__.run(['pause', '--home', '/nonexistent/segue', '--json'])",
        "player.__main__.run(['--help'])",
        "player.__main__.run(['seek', 'nowhere'])",
    ],
)
def test_verbs_load_the_standard_library_and_light_modules_only(more):
    loaded = modules_after(more)
    ours = {name for name in loaded if name.split(".")[0] in OURS}
    assert ours <= LIGHT
    roots = {name.split(".")[0] for name in loaded} - set(OURS)
    assert roots <= set(sys.stdlib_module_names)
    assert roots.isdisjoint(COSTLY)


def test_the_engine_loads_no_terminal_library():
    loaded = modules_after("import player.bootstrap.engine")
    assert {name.split(".")[0] for name in loaded}.isdisjoint({"textual", "server_stub"})


def test_the_server_leaves_what_encodes_to_its_workers():
    loaded = subprocess.run(
        [sys.executable, "-c", "import server_stub.bootstrap.serving, sys; print(*sys.modules)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    assert "litestar" in loaded
    assert not {"av", "numpy", "psycopg", "aiokafka"} & set(loaded)
