"""The supervisor's end of a session's control socket: frames out, and the one believed report in."""

import secrets
from typing import Any

import msgspec

STARTED, REPORT, VERDICT = b"S", b"R", b"V"
_COOKIE = 16
_HEADER = _COOKIE + 5
_PAYLOAD_LIMIT = 1 << 18

_encode = msgspec.msgpack.Encoder().encode


def frame(message: dict[str, Any]) -> bytes:
    """A message to the session."""
    payload = _encode(message)
    return len(payload).to_bytes(4, "big") + payload


class Reports:
    """Finds frames behind the current block's cookie in whatever bytes a session sends; everything else is counted and dropped."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._cookie: bytes | None = None
        self.forged_bytes = 0

    def expect(self) -> bytes:
        """Begins a block: its fresh cookie. Bytes from before are no report of it."""
        self.stop()
        self._cookie = secrets.token_bytes(_COOKIE)
        return self._cookie

    def stop(self) -> None:
        """Ends a block: no further report is believed."""
        self.forged_bytes += len(self._buffer)
        self._buffer.clear()
        self._cookie = None

    def feed(self, data: bytes) -> list[tuple[bytes, Any]]:
        """The frames that these bytes complete: (kind, decoded payload or None)."""
        if self._cookie is None:
            self.forged_bytes += len(data)
            return []
        self._buffer += data
        found = []
        while self._cookie is not None:
            start = self._buffer.find(self._cookie)
            if start < 0:
                self._drop(max(0, len(self._buffer) - _COOKIE + 1))
                break
            self._drop(start)
            if len(self._buffer) < _HEADER:
                break
            size = int.from_bytes(self._buffer[_COOKIE + 1 : _HEADER], "big")
            if size > _PAYLOAD_LIMIT:
                self._drop(_COOKIE)
                continue
            if len(self._buffer) < _HEADER + size:
                break
            kind, payload = bytes(self._buffer[_COOKIE : _COOKIE + 1]), bytes(self._buffer[_HEADER : _HEADER + size])
            del self._buffer[: _HEADER + size]
            try:
                found.append((kind, msgspec.msgpack.decode(payload) if payload else None))
            except msgspec.DecodeError:
                self.forged_bytes += _HEADER + size
                continue
            if kind == REPORT:
                self.stop()
        return found

    def _drop(self, count: int) -> None:
        self.forged_bytes += count
        del self._buffer[:count]
