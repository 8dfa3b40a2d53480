"""The executor's own directory below the one for temporary files, and what killed executors have left there."""

import fcntl
import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "openmath-sandbox-"
_OWNER = ".owner"


class WorkDirectory:
    """A directory that is ours as long as its lock is held; the kernel lets go of it when this process ends, however it ends."""

    def __init__(self) -> None:
        """:raises OSError: there is no place to write to"""
        self.path = tempfile.mkdtemp(prefix=_PREFIX)
        self._lock = os.open(os.path.join(self.path, _OWNER), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._lock)


def remove_abandoned() -> int:
    """Removes the directories of executors that were killed; returns how many."""
    removed = 0
    for directory in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        try:
            if directory.is_symlink() or directory.stat().st_uid != os.geteuid():
                continue
            lock = os.open(directory / _OWNER, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            continue  # not one of ours, or one that is being made
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            continue  # its executor lives
        else:
            shutil.rmtree(directory, ignore_errors=True)
            removed += 1
        finally:
            os.close(lock)
    return removed
