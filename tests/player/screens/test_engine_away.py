"""An engine that goes away under an open view: told once, and again when it is back."""

from player.app import ENGINE_BACK, ENGINE_GONE, ENGINE_REMEDY


async def test_an_engine_that_goes_and_comes_back_is_told(engine, open_app):
    async with open_app() as pilot:
        toast = pilot.app.frame.toast
        engine.tell("engine", {"up": True, "detail": ""})
        await pilot.pause()
        assert toast.notice is None
        for detail in ("killed", "still away"):
            engine.tell("engine", {"up": False, "detail": detail})
            await pilot.pause()
        assert (toast.notice.text, toast.notice.detail) == (ENGINE_GONE, ENGINE_REMEDY)
        assert pilot.app.frame.stage.state.connection.detail == "still away"
        toast.hide()
        assert toast.notice is None
        engine.tell("engine", {"up": True, "detail": ""})
        await pilot.pause()
        assert toast.notice.text == ENGINE_BACK
