"""Pages behind shared links."""

from stage import ALBUM, ARTIST, TRACK, Stage

from server_stub.settings import LinkSettings, Settings
from sync.wire.ids import encode


async def test_links_show_what_they_lead_to_escaped(stage):
    async with stage.client(token=None) as client:
        track = await client.get(f"/track/{TRACK}")
        album = await client.get(f"/album/{ALBUM}")
        artist = await client.get(f"/artist/{ARTIST}")
        missing = await client.get(f"/track/{encode(9)}")
    assert "Song &lt;0&gt; &amp; more" in track.text
    assert '<meta property="og:title" content="Song &lt;0&gt; &amp; more">' in track.text
    assert f"segue play segue:track:{TRACK}" in track.text
    assert "1999" in album.text and "Band" in artist.text
    assert missing.status_code == 404


async def test_links_can_be_kept_private():
    stage = Stage(settings=Settings(links=LinkSettings(preview=False)))
    async with stage.client(token=None) as client:
        assert (await client.get(f"/track/{TRACK}")).status_code == 404
