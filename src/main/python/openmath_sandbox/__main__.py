"""``python3 -m openmath_sandbox``: runs the executor in the foreground, in a pod or on any Linux machine."""

import argparse
import asyncio
import logging
import os
import secrets
import signal
import sys
from pathlib import Path

import msgspec
from aiohttp import web

from openmath_sandbox import __version__, supervision
from openmath_sandbox.config import Config, ConfigError, load
from openmath_sandbox.executor import Executor, Host, pod_name
from openmath_sandbox.http import management_application, sessions_application

_log = logging.getLogger("openmath_sandbox")


def _address(text: str) -> tuple[str, int]:
    host, separator, port = text.rpartition(":")
    if not separator or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not HOST:PORT; write for example 127.0.0.1:8080 (port 0: any free one)")
    return host.strip("[]") or "0.0.0.0", int(port)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="openmath_sandbox", description="Runs code blocks in forked, isolated sessions.")
    parser.add_argument("--listen", type=_address, default=("127.0.0.1", 0), metavar="HOST:PORT", help="sessions and verification")
    parser.add_argument("--management", type=_address, metavar="HOST:PORT", help="health and metrics; default: the listen host, any port")
    parser.add_argument("--config", type=Path, metavar="FILE", help="JSON; the defaults without it")
    parser.add_argument("--token-file", type=Path, metavar="FILE", help="default: $OPENMATH_SANDBOX_TOKEN_FILE; without either one is made")
    parser.add_argument("--tier", choices=("Process", "UserNamespace"), help="use no stronger isolation than this, to test the weaker")
    parser.add_argument("--no-landlock", action="store_true", help="do without Landlock, to test nodes that have none")
    parser.add_argument("--version", action="version", version=__version__)
    return parser.parse_args()


def _token(file: Path | None) -> tuple[str, list[str]]:
    """The token, and the directories that hold it (none: it was made here, and the caller must be told)."""
    if file is None and (name := os.environ.get("OPENMATH_SANDBOX_TOKEN_FILE")):
        file = Path(name)
    if file is None:
        return secrets.token_urlsafe(32), []
    try:
        token = file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigError(f"token file {file}: {error.strerror}") from error
    if not token:
        raise ConfigError(f"token file {file}: is empty")
    return token, [str(file.parent)]


async def _serve(arguments: argparse.Namespace, config: Config, token: str, made: bool, masked: list[str]) -> int:
    supervision.become_supervisor()
    stop = asyncio.Event()
    drain = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, lambda: (stop if drain.is_set() else drain).set())
    loop.add_signal_handler(signal.SIGINT, stop.set)
    executor = Executor(
        config, Host(pod=pod_name(), masked=masked, tier=arguments.tier, landlock=not arguments.no_landlock)
    )
    loop.add_signal_handler(signal.SIGCHLD, supervision.reap, executor.zygote_pids)
    runners = []
    urls = []
    ports = []
    management = arguments.management or (arguments.listen[0], 0)
    for application, (host, port) in (
        (sessions_application(executor, token), arguments.listen),
        (management_application(executor), management),
    ):
        runner = web.AppRunner(application, access_log=None, handle_signals=False, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, host, port, backlog=1024)
        try:
            await site.start()
        except OSError as error:
            print(f"openmath_sandbox: cannot listen on {host}:{port}: {error.strerror}", file=sys.stderr)
            return 2
        runners.append(runner)
        bound = runner.addresses[0][1]
        ports.append(bound)
        urls.append(f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{bound}")
    try:
        await executor.start(ports)
        if executor.not_ready and arguments.management is None:
            print(f"openmath_sandbox: {executor.not_ready}", file=sys.stderr)
            return 1
        document = {"url": urls[0], "managementUrl": urls[1], "token": token, "capabilities": executor.capabilities()}
        if not made:
            del document["token"]  # whoever gave the file knows it, and a pod's output is a log
        print(msgspec.json.encode(document).decode(), flush=True)
        waits = [loop.create_task(event.wait()) for event in (drain, stop)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            _log.info("draining: %d sessions are open", executor.sessions.open_count)
            ending = loop.create_task(executor.drain(config.drain_seconds))
            await asyncio.wait([ending, waits[1]], return_when=asyncio.FIRST_COMPLETED)
    finally:
        await executor.stop()
        for runner in runners:
            await runner.cleanup()
    return 0


def main() -> int:
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        config = load(arguments.config)
        token, masked = _token(arguments.token_file)
    except ConfigError as error:
        print(f"openmath_sandbox: {error}", file=sys.stderr)
        return 2
    made = not masked
    if arguments.config is not None and not made:
        masked.append(str(arguments.config.parent))
    return asyncio.run(_serve(arguments, config, token, made, masked))


if __name__ == "__main__":
    sys.exit(main())
