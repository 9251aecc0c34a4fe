"""What operators ask: health, metrics, preparation."""

from stage import TRACK, Stage, ill, well


async def test_metrics_are_open_on_the_machine_itself(stage):
    async with stage.client(token=None, peer="127.0.0.1") as client:
        await client.get("/health/live")
        await client.get(f"/track/{TRACK}")
        text = (await client.get("/metrics")).text
    assert 'route="/track/{track_id}",status="200"' in text
    assert 'segue_preparation{state="ready"} 2.0' in text
    assert TRACK not in text


async def test_health_names_what_is_wrong():
    async def broken():
        raise OSError("gone")

    stage = Stage(checks={"database": well, "blobs": ill, "workers": broken})
    async with stage.client(token=None) as client:
        live, ready = await client.get("/health/live"), await client.get("/health/ready")
    assert live.status_code == 200
    assert ready.status_code == 503
    assert ready.json()["checks"] == {
        "database": "ok",
        "blobs": "the disk is full",
        "workers": "OSError: gone",
    }


async def test_authority_and_preparation(stage):
    async with stage.client() as client:
        assert (await client.get("/v1/authority")).content.startswith(b"-----BEGIN")
        assert (await client.get("/v1/preparation")).json()["ready"] == 2
