"""What a session writes to standard output or standard error: the head is kept up to a limit, the rest counted."""

import os

_READ_SIZE = 1 << 16
_READS_AT_ONCE = 16


class Capture:
    """One stream, read from a non-blocking pipe; memory never exceeds the limit."""

    def __init__(self, descriptor: int, limit_bytes: int) -> None:
        self.descriptor = descriptor
        self.limit_bytes = limit_bytes
        self.dropped_late = 0
        """Bytes that came while no block ran; they belong to none."""
        self._head = bytearray()
        self._total = 0
        self._recording = False

    def begin(self) -> None:
        """Starts a block: what came before it is no part of it."""
        self.drain()
        self._head = bytearray()
        self._total = 0
        self._recording = True

    def end(self) -> None:
        """Ends a block: takes what is in the pipe already, and nothing that comes later."""
        self.drain(reads=4)  # a pipe holds no more
        self._recording = False

    def drain(self, reads: int = _READS_AT_ONCE) -> bool:
        """Takes what is there, at most so many reads at once; False at the end of the stream."""
        for _ in range(reads):
            try:
                data = os.read(self.descriptor, _READ_SIZE)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not data:
                return False
            if not self._recording:
                self.dropped_late += len(data)
                continue
            self._total += len(data)
            if (room := self.limit_bytes - len(self._head)) > 0:
                self._head += data[:room]
            if len(data) < _READ_SIZE:
                return True
        return True

    @property
    def overflowed(self) -> bool:
        return self._total > len(self._head)

    @property
    def total_bytes(self) -> int:
        return self._total

    def text(self) -> str:
        """The kept head as text: never half a character, and bytes that are not UTF-8 written as \\xNN."""
        data = bytes(self._head)
        if self.overflowed:
            data = _whole_characters(data)
        return data.decode("utf-8", "backslashreplace")


def _whole_characters(data: bytes) -> bytes:
    """Without a character that the end of the head has cut."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        needed = 2 if byte >> 5 == 0b110 else 3 if byte >> 4 == 0b1110 else 4 if byte >> 3 == 0b11110 else 1
        return data[:-back] if needed > back else data
    return data


def cut(text: str, limit: int, marker: str, overflowed: bool = False) -> tuple[str, bool]:
    """At most limit characters, then the marker where something is missing."""
    if len(text) > limit or overflowed:
        return text[:limit] + marker, True
    return text, False
