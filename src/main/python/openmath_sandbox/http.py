"""The HTTP interface: sessions and verification on one port with a token, health and numbers on another without."""

import hmac
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec
from aiohttp import web

from openmath_sandbox.config import field_of
from openmath_sandbox.executor import Executor
from openmath_sandbox.protocol import BODY_LIMIT, Execute, Limits, OpenSession, Problem, SessionOpened, Verdicts, Verify

_log = logging.getLogger(__name__)
_EXECUTOR = web.AppKey("executor", Executor)
_encode = msgspec.json.Encoder().encode
_decoders = {kind: msgspec.json.Decoder(kind) for kind in (OpenSession, Execute, Verify)}

_T = TypeVar("_T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def sessions_application(executor: Executor, token: str) -> web.Application:
    """Port 8080: everything that runs code."""
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            raise Problem(401, "Unauthorized", "send the pool's token as 'Authorization: Bearer TOKEN'")
        return await handler(request)

    application = web.Application(client_max_size=BODY_LIMIT, middlewares=[_answer_problems, guard])
    application[_EXECUTOR] = executor
    application.router.add_post("/v1/sessions", _open)
    application.router.add_post("/v1/sessions/{id}/executions", _execute)
    application.router.add_delete("/v1/sessions/{id}", _close)
    application.router.add_post("/v1/verify", _verify)
    return application


def management_application(executor: Executor) -> web.Application:
    """Port 8081: health, readiness and numbers; no text of any block."""
    application = web.Application(middlewares=[_answer_problems])
    application[_EXECUTOR] = executor
    application.router.add_get("/healthz", _healthz)
    application.router.add_get("/readyz", _readyz)
    application.router.add_get("/metrics", _metrics)
    application.router.add_get("/v1/capabilities", _capabilities)
    application.router.add_get("/v1/demand", _demand)
    return application


def _json(document: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=_encode(document), status=status, content_type="application/json", headers=headers)


@web.middleware
async def _answer_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except Problem as problem:
        headers = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
        if problem.status == 401:
            headers["WWW-Authenticate"] = "Bearer"
        return _json(problem.document(), problem.status, headers)
    except web.HTTPRequestEntityTooLarge:
        return _json(Problem(413, "TooLarge", f"the body is larger than {BODY_LIMIT} bytes").document(), 413)
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        document = Problem(405, "MethodNotAllowed", f"this path takes {allowed}").document()
        return _json(document, 405, {"Allow": allowed})
    except web.HTTPException as error:
        code = "NotFound" if error.status == 404 else "BadRequest"
        return _json(Problem(error.status, code, "no such path" if error.status == 404 else error.reason).document(), error.status)
    except Exception as error:  # noqa: BLE001 - the type only: its text may hold a block's
        _log.error("a request failed: %s", type(error).__name__, exc_info=_log.isEnabledFor(logging.DEBUG))
        return _json(Problem(500, "InternalError", "the executor failed; its log names the fault").document(), 500)


async def _body(request: web.Request, kind: type[_T]) -> _T:
    if (request.content_length or 0) > BODY_LIMIT:
        raise Problem(413, "TooLarge", f"the body is larger than {BODY_LIMIT} bytes")
    data = await request.read()
    try:
        return _decoders[kind].decode(data)
    except msgspec.ValidationError as error:
        field, what = field_of(error)
        raise Problem(400, "InvalidField", f"{field or 'the body'}: {what}", field=field or None) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Problem(400, "MalformedJson", f"the body is not JSON: {error}") from None


async def _open(request: web.Request) -> web.Response:
    executor = request.app[_EXECUTOR]
    session, new = executor.open(await _body(request, OpenSession))
    tier = executor.tier.name if executor.tier else ""
    document = SessionOpened(
        id=session.id,
        pod=executor.host.pod,
        isolation=tier,
        expires_at=session.expires_at,
        limits=Limits(
            timeout_ms=round(session.timeout_seconds * 1000),
            memory_bytes=session.memory_bytes,
            max_executions=session.max_executions,
            max_output_characters=session.max_characters,
        ),
        lowered=session.lowered,
    )
    return _json(document, 201 if new else 200)


async def _execute(request: web.Request) -> web.Response:
    return _json(await request.app[_EXECUTOR].execute(request.match_info["id"], await _body(request, Execute)))


async def _close(request: web.Request) -> web.Response:
    request.app[_EXECUTOR].sessions.close(request.match_info["id"])
    return web.Response(status=204)


async def _verify(request: web.Request) -> web.Response:
    return _json(Verdicts(verdicts=await request.app[_EXECUTOR].verify(await _body(request, Verify))))


async def _healthz(request: web.Request) -> web.Response:
    return _json({"status": "ok"})


async def _readyz(request: web.Request) -> web.Response:
    executor = request.app[_EXECUTOR]
    reason = "draining" if executor.draining else executor.not_ready
    return _json({"status": "not ready", "reason": reason}, 503) if reason else _json({"status": "ready"})


async def _metrics(request: web.Request) -> web.Response:
    text = request.app[_EXECUTOR].metrics_text()
    return web.Response(body=text, headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"})


async def _capabilities(request: web.Request) -> web.Response:
    return _json(request.app[_EXECUTOR].capabilities())


async def _demand(request: web.Request) -> web.Response:
    return _json(request.app[_EXECUTOR].demand())
