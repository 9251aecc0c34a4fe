"""The right to play tracks: licence, manifest and addresses, asked for once, kept until stale."""

import asyncio
from dataclasses import dataclass, field

import msgspec

from drm.errors import DrmError, LicenceExpiredError, NotLicensedError
from player.errors import BadAnswerError, GoneError, NotAllowedError, SignedOutError
from player.playback.errors import (
    RenditionLostError,
    RenditionReplacedError,
    RightsRefusedError,
    TrackUnavailableError,
)
from player.playback.ports import Clock, MediaServer, Papers, Rights
from sync.wire.playback import Codec, Grant, Manifest, MediaAddress, manifest_from_bytes

FRESH_FOR_S = 30
"""An address that ends sooner is asked for again first."""


@dataclass(frozen=True, slots=True)
class GrantedTrack:
    """A track that may be played: a verified manifest, and addresses while they last."""

    track_id: str
    manifest: Manifest
    media: dict[str, MediaAddress] = field(default_factory=dict)
    expires_at: int = 0
    """Unix time; 0 without addresses."""

    @property
    def settled(self) -> bool:
        """Whether the server has finished preparing what the manifest lists."""
        return self.manifest.exact and all(r.complete for r in self.manifest.renditions)


class TrackPaper(msgspec.Struct, frozen=True):
    """What is kept on this device to play a cached track without the server."""

    licence: bytes
    manifest: bytes


class GrantBook:
    """Grants by track. Raises the errors of the server, RightsRefusedError, TrackUnavailableError.

    One request for one track is under way at a time, however many ask.
    """

    def __init__(
        self, server: MediaServer, rights: Rights, papers: Papers, *, clock: Clock, codec: Codec
    ) -> None:
        self._server = server
        self._rights = rights
        self._papers = papers
        self._clock = clock
        self._codec: Codec = codec
        self._granted: dict[str, GrantedTrack] = {}
        self._asking: dict[str, asyncio.Task[GrantedTrack]] = {}
        self.requests = 0

    async def track(self, track_id: str) -> GrantedTrack:
        """A granted track: known already, from papers on this device, or from the server."""
        known = self._granted.get(track_id)
        if known is not None and (known.settled or not self._stale(known)):
            return known
        kept = await self._from_papers(track_id)
        if kept is not None and kept.settled:
            self._granted[track_id] = kept
            return kept
        return await self.renew(track_id)

    async def kept(self, track_id: str) -> GrantedTrack | None:
        """What papers on this device allow, also when the track was still growing."""
        return await self._from_papers(track_id)

    async def address(self, track_id: str, rendition_id: str) -> MediaAddress:
        """Where a rendition lies now. Raises RenditionReplacedError, RenditionLostError."""
        known = self._granted.get(track_id)
        if known is None or self._stale(known) or rendition_id not in known.media:
            known = await self.renew(track_id)
        if rendition_id not in known.media:
            if any(rendition.id == rendition_id for rendition in known.manifest.renditions):
                raise RenditionLostError("the server names a file and not where it is")
            raise RenditionReplacedError("the server has prepared this track anew")
        return known.media[rendition_id]

    async def renew(self, track_id: str) -> GrantedTrack:
        """Ask the server, whatever is known."""
        task = self._asking.get(track_id)
        if task is None:
            task = asyncio.create_task(self._ask(track_id), name=f"grant {track_id}")
            self._asking[track_id] = task
            task.add_done_callback(lambda done: self._asked(track_id, done))
        return await asyncio.shield(task)

    def elsewhere(self, track_id: str) -> MediaAddress | None:
        """Where a rendition of any other track lies, if one is known now."""
        for known in self._granted.values():
            if known.track_id != track_id and known.media and not self._stale(known):
                return next(iter(known.media.values()))
        return None

    def forget(self, track_id: str) -> None:
        """The addresses do not work any more."""
        known = self._granted.get(track_id)
        if known is not None:
            self._granted[track_id] = GrantedTrack(track_id, known.manifest)

    def forget_all(self) -> None:
        """Another session: every track is asked for anew, papers are kept."""
        self._granted.clear()

    async def content_key(self, track_id: str, rendition_id: str) -> bytes:
        """The key of a rendition, from a new licence if the old one has run out."""
        try:
            return self._rights.content_key(track_id, rendition_id)
        except (LicenceExpiredError, NotLicensedError):
            await self.renew(track_id)
        try:
            return self._rights.content_key(track_id, rendition_id)
        except NotLicensedError as error:
            raise TrackUnavailableError("the licence does not cover this track") from error
        except DrmError as error:
            raise _refused(error) from error

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _asked(self, track_id: str, done: asyncio.Task[GrantedTrack]) -> None:
        self._asking.pop(track_id, None)
        if not done.cancelled():
            done.exception()  # whoever asked has it; nobody may be left to

    async def _ask(self, track_id: str) -> GrantedTrack:
        self.requests += 1
        try:
            grant = await self._server.grant([track_id], self._codec)
        except SignedOutError:
            raise
        except (GoneError, NotAllowedError) as error:
            raise TrackUnavailableError(error.message, remedy=error.remedy) from error
        granted = self._accept(track_id, grant)
        self._granted[track_id] = granted
        self._papers.write(
            _paper_name(track_id),
            msgspec.msgpack.encode(TrackPaper(grant.licence, grant.manifests[track_id])),
        )
        return granted

    def _accept(self, track_id: str, grant: Grant) -> GrantedTrack:
        data = grant.manifests.get(track_id)
        if data is None:
            raise TrackUnavailableError("the server grants no right to this track")
        try:
            self._rights.admit(grant.licence)
            data = self._rights.manifest(track_id, data)
        except NotLicensedError as error:
            raise TrackUnavailableError("the licence does not cover this track") from error
        except DrmError as error:
            raise _refused(error) from error
        return GrantedTrack(track_id, _read(track_id, data), grant.media, grant.media_expires_at)

    async def _from_papers(self, track_id: str) -> GrantedTrack | None:
        raw = await self._papers.read(_paper_name(track_id))
        if raw is None:
            return None
        try:
            paper = msgspec.msgpack.decode(raw, type=TrackPaper)
            self._rights.admit(paper.licence)
            data = self._rights.manifest(track_id, paper.manifest)
            return GrantedTrack(track_id, _read(track_id, data))
        except (msgspec.DecodeError, DrmError, BadAnswerError):
            return None

    def _stale(self, granted: GrantedTrack) -> bool:
        return self._clock.unix() > granted.expires_at - FRESH_FOR_S


def _read(track_id: str, data: bytes) -> Manifest:
    try:
        manifest = manifest_from_bytes(data)
    except msgspec.DecodeError as error:
        raise BadAnswerError("the manifest cannot be read") from error
    if manifest.track_id != track_id or not manifest.renditions:
        raise BadAnswerError("the manifest belongs to another track, or is empty")
    return manifest


def _refused(error: DrmError) -> RightsRefusedError:
    return RightsRefusedError(f"the licence is refused: {error}")


def _paper_name(track_id: str) -> str:
    return f"track-{track_id}"
