"""`POST /v1/grants`: licence, manifests and media addresses in one round trip."""

import asyncio
import hashlib
from dataclasses import dataclass

import msgspec
from litestar import Response, post
from litestar.params import RequestBody

from server_stub.api.policy import BEARER, SIGNED_IN, Contexts, SignedIn
from server_stub.api.responses import AnyRequest, json
from server_stub.api.services import PreparedManifest, Principal, Services
from server_stub.kernel.errors import InvalidError, NotFoundError, SegueError, UnavailableError
from server_stub.settings import GrantSettings
from sync.wire.ids import is_id
from sync.wire.playback import Grant, GrantRequest, Manifest, Rendition


@dataclass(frozen=True)
class GrantedTrack:
    """What one track contributes to a grant."""

    track_id: str
    data: bytes
    renditions: tuple[Rendition, ...]
    keys: dict[str, bytes]

    @property
    def right(self) -> tuple[bytes, dict[str, bytes]]:
        """What the licence holds: the manifest's digest and the content keys."""
        return hashlib.sha256(self.data).digest(), self.keys


def entitled(track_id: str, prepared: PreparedManifest, kbps: int) -> GrantedTrack:
    """The manifest without the renditions above `kbps`, written again if it lost any.

    Raises UnavailableError if nothing of it is ready at that rate.
    """
    kept = tuple(r for r in prepared.manifest.renditions if r.kbps <= kbps)
    if not kept:
        raise UnavailableError(
            "this track is still being prepared", remedy="Try again.", retry_after_s=1.0
        )
    data = prepared.data
    if len(kept) != len(prepared.manifest.renditions):
        narrowed: Manifest = msgspec.structs.replace(prepared.manifest, renditions=kept)
        data = msgspec.json.encode(narrowed)
    keys = {rendition.id: prepared.keys[rendition.id] for rendition in kept}
    return GrantedTrack(track_id, data, kept, keys)


@post("/v1/grants", opt=SIGNED_IN, security=BEARER, tags=["playback"], status_code=200)
async def grant(
    services: Contexts,
    principal: SignedIn,
    request: AnyRequest,
    data: RequestBody[GrantRequest],
) -> Response[Grant]:
    """The right to play tracks on a device.

    Tracks that cannot be granted are left out, as long as one can; else the first one's reason
    is the answer.
    """
    _check(data, services.settings.grants)
    tracks = await _granted_tracks(data, principal, services)
    licence = await services.licensing.issue(
        user_id=principal.user_id,
        tier=principal.tier,
        region=principal.region,
        device_id=data.device_id,
        kind=data.kind,
        rights={track.track_id: track.right for track in tracks},
    )
    return json(request, _assembled(licence, tracks, data.device_id, services))


def _check(wanted: GrantRequest, settings: GrantSettings) -> None:
    if not wanted.track_ids:
        raise InvalidError("track_ids is empty", remedy="Name at least one track.")
    if len(wanted.track_ids) > settings.max_tracks:
        raise InvalidError(
            f"a grant covers at most {settings.max_tracks} tracks", remedy="Ask in parts."
        )
    if not is_id(wanted.device_id):
        raise NotFoundError("there is no such device", remedy="Register this device first.")


async def _granted_tracks(
    wanted: GrantRequest, principal: Principal, services: Services
) -> list[GrantedTrack]:
    kbps = services.settings.licensing.rules(principal.tier).max_kbps

    async def granted(track_id: str) -> GrantedTrack | SegueError:
        try:
            if not is_id(track_id):
                raise NotFoundError(f"there is no track {track_id[:40]}")
            prepared = await services.streaming.manifest(track_id, codec=wanted.codec)
            return entitled(track_id, prepared, kbps)
        except SegueError as error:
            return error

    results = await asyncio.gather(*map(granted, dict.fromkeys(wanted.track_ids)))
    tracks = [result for result in results if isinstance(result, GrantedTrack)]
    if not tracks:
        raise next(result for result in results if isinstance(result, SegueError))
    return tracks


def _assembled(
    licence: bytes, tracks: list[GrantedTrack], device_id: str, services: Services
) -> Grant:
    expires_at = services.signer.expiry(services.settings.media.address_ttl_s)
    return Grant(
        licence=licence,
        manifests={track.track_id: track.data for track in tracks},
        media={
            rendition.id: services.signer.address(
                rendition.id,
                rendition.codec,
                device_id,
                expires_at=expires_at,
                growing_pieces=None if rendition.complete else rendition.pieces,
            )
            for track in tracks
            for rendition in track.renditions
        },
        media_expires_at=expires_at,
    )


HANDLERS = [grant]
