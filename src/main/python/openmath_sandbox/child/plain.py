"""The semantics ``Python``: what ``python file.py`` would do, with the names kept from block to block."""

import builtins
import linecache
import sys
import traceback
import types

from openmath_sandbox.child.report import Report, failed, malformed, succeeded

_NAME = "<cell>"


class PlainBlocks:
    """Runs blocks one after the other in one module named ``__main__``."""

    def __init__(self) -> None:
        self._module = types.ModuleType("__main__")
        self._module.__dict__["__builtins__"] = builtins
        sys.modules["__main__"] = self._module

    def run_block(self, code: str) -> Report:
        linecache.cache[_NAME] = (len(code), None, code.splitlines(keepends=True), _NAME)
        try:
            compiled = compile(code, _NAME, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as error:
            _print_error(error, None)
            return malformed(error)
        try:
            exec(compiled, self._module.__dict__)  # noqa: S102 - this is what a sandbox is for
        except BaseException as error:  # noqa: BLE001 - whatever a block raises is its result
            if not isinstance(error, SystemExit):
                _print_error(error, error.__traceback__.tb_next if error.__traceback__ else None)
            return failed(error)
        return succeeded(None)


def _print_error(error: BaseException, where: types.TracebackType | None) -> None:
    try:
        traceback.print_exception(type(error), error, where)
    except BaseException:  # noqa: BLE001 - the block may have broken sys.stderr
        pass
