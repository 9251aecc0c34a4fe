"""An engine has one way to the ear for as long as it runs. Standard library only."""

OTHER_SINK_REMEDY = "segue stop, then start it again with --sink"


def other_sink(wanted: str, used: str) -> str:
    """Why a sink that was asked for is not used by the engine that runs; "" if it is."""
    name = wanted.partition(":")[0]
    if name in ("", "auto", used):
        return ""
    return f"--sink {wanted} is not used: the engine runs already and plays through {used}"
