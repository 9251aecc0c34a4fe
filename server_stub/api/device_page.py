"""`/device`: where a person approves that a terminal signs in as them."""

import hmac
import secrets
from urllib.parse import urlsplit

import msgspec
from litestar import Response, get, post
from litestar.datastructures import Cookie
from litestar.params import FromQuery, URLEncodedBody

from server_stub.api import problems
from server_stub.api.pages import field, notice, page
from server_stub.api.policy import PUBLIC, Contexts
from server_stub.api.responses import AnyRequest
from server_stub.kernel.errors import SegueError

_COOKIE = "segue-device-form"
_COOKIE_S = 900
_FORBIDDEN = 403
_MAX_CODE = 40


class Decision(msgspec.Struct, frozen=True):
    """The form."""

    user_code: str = ""
    name: str = ""
    password: str = ""
    form: str = ""
    """The same random value as in the cookie: other sites know neither."""
    action: str = "approve"


@get("/device", opt=PUBLIC, include_in_schema=False)
async def show_form(request: AnyRequest, user_code: FromQuery[str] = "") -> Response[str]:
    """Ask who approves which code."""
    return _form(request, user_code[:_MAX_CODE])


@post("/device", opt=PUBLIC, include_in_schema=False, status_code=200)
async def decide(
    services: Contexts, request: AnyRequest, data: URLEncodedBody[Decision]
) -> Response[str]:
    """Approve or refuse, with name and password."""
    code, name = data.user_code[:_MAX_CODE], data.name[:100]
    if not _from_our_form(request, data.form):
        return _form(request, code, name, "This form is too old. Please send it again.", _FORBIDDEN)
    address = request.client.host if request.client else ""
    try:
        services.sign_in_limit.spend(f"password:{address}")
        if data.action == "deny":
            await services.accounts.deny(code, name, data.password)
        else:
            await services.accounts.approve(code, name, data.password)
    except SegueError as error:
        return _form(request, code, name, _sentence(error), problems.STATUS[error.kind])
    done = "was refused" if data.action == "deny" else "is signed in"
    body = f"<h1>Done</h1>\n<p>The device {done}. You may close this page.</p>"
    return page("Segue", body)


def _form(
    request: AnyRequest, code: str, name: str = "", problem: str = "", status: int = 200
) -> Response[str]:
    value = secrets.token_urlsafe(24)
    said = notice(problem) if problem else ""
    body = (
        "<h1>Sign in on a device</h1>\n<p>Enter the code that your terminal shows. Only go on if "
        f"you started signing in yourself.</p>\n{said}\n"
        '<form method="post" action="/device">\n'
        f'<input type="hidden" name="form" value="{value}">\n'
        + field("user_code", "Code", 'autocomplete="off" autocapitalize="characters"', code)
        + field("name", "Name", 'autocomplete="username"', name)
        + field("password", "Password", 'type="password" autocomplete="current-password"')
        + '\n<button name="action" value="approve">Approve</button>'
        + '<button name="action" value="deny">Refuse</button>\n</form>'
    )
    response = page("Sign in on a device", body, status=status)
    response.set_cookie(
        Cookie(
            key=_COOKIE,
            value=value,
            path="/device",
            max_age=_COOKIE_S,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    )
    return response


def _from_our_form(request: AnyRequest, value: str) -> bool:
    """Whether the form came from our own page, as far as a browser can tell."""
    origin = request.headers.get("origin")
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host", ""):
        return False
    cookie = request.cookies.get(_COOKIE, "")
    return bool(cookie) and hmac.compare_digest(cookie.encode(), value.encode())


def _sentence(error: SegueError) -> str:
    """What happened and what to do, as one line."""
    detail = error.detail[:1].upper() + error.detail[1:].rstrip(".")
    return f"{detail}. {error.remedy}".strip()


HANDLERS = [show_form, decide]
