"""Who is signed in, and on which devices."""

from litestar import Response, delete, get, post
from litestar.params import FromPath, RequestBody

from server_stub.api.policy import BEARER, SIGNED_IN, Contexts, SignedIn
from server_stub.api.responses import AnyRequest, json
from sync.wire.sessions import Device, DeviceRegistration, Me

_TAGS = ["account"]


@get("/v1/me", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def me(services: Contexts, principal: SignedIn, request: AnyRequest) -> Response[Me]:
    """Who the token belongs to, and the key that signs this server's licences."""
    return json(
        request,
        Me(
            user_id=principal.user_id,
            name=principal.name,
            tier=principal.tier,
            region=principal.region,
            licence_key=await services.licensing.public_key(),
        ),
    )


@post("/v1/devices", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def register_device(
    services: Contexts, principal: SignedIn, data: RequestBody[DeviceRegistration]
) -> Device:
    """Register a device by its public key. The same key again gives the same device."""
    return await services.licensing.register_device(principal.user_id, data, principal.session_id)


@get("/v1/devices", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def list_devices(
    services: Contexts, principal: SignedIn, request: AnyRequest
) -> Response[list[Device]]:
    """The user's devices."""
    return json(request, await services.licensing.devices(principal.user_id))


@delete("/v1/devices/{device_id:str}", opt=SIGNED_IN, security=BEARER, tags=_TAGS)
async def revoke_device(services: Contexts, principal: SignedIn, device_id: FromPath[str]) -> None:
    """Take a device's rights away: its licences are not renewed and its sign-in ends."""
    session_id = await services.licensing.revoke_device(principal.user_id, device_id)
    if session_id:
        await services.accounts.end_session(principal.user_id, session_id)


HANDLERS = [me, register_device, list_devices, revoke_device]
