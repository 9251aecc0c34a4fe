"""What the engine remembers about streaming: the wish, the plan, and the rate of each network."""

import msgspec
import pytest

from player.adapters.network_linux import network
from player.engine.link_book import MOST_NETWORKS, LinkBook
from player.engine.quality import METERED_KBPS, QualityDesk, Wish
from player.engine.services.desk import Desk
from player.engine.services.quality import QualityService
from player.errors import UsageError
from player.playback.quality import Limits


class Applied:
    """What playback was told."""

    def __init__(self):
        self.limits = None
        self.thrifty = None

    def __call__(self, limits, thrifty):
        self.limits, self.thrifty = limits, thrifty


PLAIN = Wish()


def desk(path, settings=PLAIN):
    applied = Applied()
    return QualityDesk(path / "quality.json", settings, applied), applied


@pytest.mark.parametrize(
    ("wish", "plan", "limits"),
    [
        (Wish(), 0, Limits()),
        (Wish(), 160, Limits(max_kbps=160)),
        (Wish(quality="320"), 0, Limits(fixed_kbps=320)),
        (Wish(quality="320"), 160, Limits(fixed_kbps=160, max_kbps=160)),
        (Wish(quality="96"), 160, Limits(fixed_kbps=96, max_kbps=160)),
        (Wish(quality="saver"), 320, Limits(max_kbps=320, data_saver=True)),
        (Wish(metered=True), 320, Limits(max_kbps=METERED_KBPS)),
        (Wish(metered=True), 96, Limits(max_kbps=96)),
    ],
)
def test_the_limits_of_a_wish_and_a_plan(tmp_path, wish, plan, limits):
    quality, applied = desk(tmp_path, wish)
    quality.licensed(plan, issued_at=10)
    assert quality.limits() == limits
    assert applied.limits == limits
    assert applied.thrifty == wish.metered


def test_the_newest_licence_counts(tmp_path):
    quality, applied = desk(tmp_path)
    quality.licensed(320, issued_at=20)
    quality.licensed(160, issued_at=10)  # kept from before the plan was changed
    assert quality.plan_kbps == applied.limits.max_kbps == 320
    quality.licensed(160, issued_at=30)
    assert applied.limits.max_kbps == 160
    quality.forget_plan()
    assert applied.limits == Limits()


def test_a_wish_outlives_the_engine_until_the_settings_change(tmp_path):
    quality, _ = desk(tmp_path)
    quality.choose(Wish(quality="160"))
    quality.save()
    again, applied = desk(tmp_path)
    assert again.wish == Wish(quality="160")
    assert applied.limits.fixed_kbps == 160
    edited, _ = desk(tmp_path, Wish(quality="saver"))
    assert edited.wish == Wish(quality="saver")
    (tmp_path / "quality.json").write_text("{")
    assert desk(tmp_path)[0].wish == Wish()


async def test_commands(tmp_path):
    quality, _ = desk(tmp_path)
    told = []
    commands = Desk([QualityService(quality, lambda: told.append(quality.shown()))], {})
    assert await commands.run("quality", {}) == {
        "quality": "auto", "metered": False, "plan_kbps": 0,
    }  # fmt: skip
    assert (await commands.run("quality", {"quality": "saver"}))["quality"] == "saver"
    assert (await commands.run("metered", {}))["metered"] is True
    assert (await commands.run("metered", {"on": True}))["metered"] is True
    assert (await commands.run("metered", {"on": False}))["metered"] is False
    assert [state["quality"] for state in told] == ["saver"] * 4
    with pytest.raises(UsageError):
        await commands.run("quality", {"quality": "loud"})
    assert desk(tmp_path)[0].wish.quality == "saver"


def test_a_rate_is_remembered_by_server_and_network(tmp_path):
    where = ["home"]
    book = LinkBook(tmp_path / "links.json", lambda: where[0])
    assert book.recall("https://a") == 0
    assert book.note("https://a", 100_000.0)
    assert not book.note("https://a", 104_000.0), "not worth writing"
    assert not book.note("", 1.0)
    again = LinkBook(tmp_path / "links.json", lambda: where[0])
    assert again.recall("https://a") == 100_000
    assert again.recall("https://b") == 0
    where[0] = "train"
    assert again.recall("https://a") == 0
    assert again.note("https://a", 9_000.0)
    where[0] = "home"
    assert again.recall("https://a") == 100_000


def test_the_file_names_neither_server_nor_network_and_stays_small(tmp_path):
    where = [""]
    book = LinkBook(tmp_path / "links.json", lambda: where[0])
    for number in range(2 * MOST_NETWORKS):
        where[0] = f"0101A8C0 aa:bb:cc:dd:ee:{number:02}"
        book.note("https://music.example", 1000.0 + number)
    text = (tmp_path / "links.json").read_text()
    assert "example" not in text
    assert "aa:bb" not in text
    assert len(msgspec.json.decode(text)["rates"]) == MOST_NETWORKS
    other = LinkBook(tmp_path / "other.json", lambda: where[0])
    other.note("https://music.example", 1000.0)
    keys = msgspec.json.decode((tmp_path / "other.json").read_bytes())["rates"]
    assert keys.keys().isdisjoint(msgspec.json.decode(text)["rates"])


ROUTES = """Iface	Destination	Gateway	Flags	RefCnt	Use	Metric	Mask	MTU	Window	IRTT
wlan0	00000000	0101A8C0	0003	0	0	600	00000000	0	0	0
eth0	00000000	FE01A8C0	0003	0	0	100	00000000	0	0	0
eth0	0001A8C0	00000000	0001	0	0	100	00FFFFFF	0	0	0
"""
NEIGHBOURS = """IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         11:11:11:11:11:11     *        wlan0
192.168.1.254    0x1         0x2         22:22:22:22:22:22     *        eth0
"""


def test_a_network_is_told_by_its_gateway(tmp_path):
    routes, neighbours = tmp_path / "route", tmp_path / "arp"
    assert network(routes, neighbours) == ""
    routes.write_text(ROUTES)
    assert network(routes, neighbours) == "FE01A8C0 eth0"
    neighbours.write_text(NEIGHBOURS)
    assert network(routes, neighbours) == "FE01A8C0 22:22:22:22:22:22"
    routes.write_text(ROUTES.splitlines()[0])
    assert network(routes, neighbours) == ""
