"""The interactive shell of the semantics ``OpenMath2024`` and ``IPython``; one instance, made in the zygote, serves either."""

import builtins
import os
import subprocess
import sys
import traceback
from types import TracebackType
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from openmath_sandbox.child.report import Report, failed, malformed, succeeded, text_of

OPENMATH_2024 = "OpenMath2024"
IPYTHON = "IPython"

_CELL_PREFIX = "<ipython-input-"
_PACKAGES = os.path.dirname(os.path.dirname(os.path.abspath(os.__file__))) + os.sep
_getpid = os.getpid


class BlockCompiler(CachingCompiler):
    """Names the error of an unfinished block as every Python before 3.13 did: SyntaxError, incomplete input."""

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        try:
            return super().ast_parse(source, filename, symbol)
        except SyntaxError as error:
            if type(error) is SyntaxError or type(error).__name__ != "_IncompleteInputError":
                raise
            raise SyntaxError(error.msg, (error.filename, error.lineno, error.offset, error.text)) from None


class BlockDisplayHook(DisplayHook):
    """Prints the value of the last expression: behind ``Out[1]: `` as the original's shell did, or bare."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.process = _getpid()
        self.text: str | None = None

    def quiet(self) -> bool:
        # Neither semantics knows the notebook's trailing semicolon; a copy made by os.fork shows nothing of its own.
        return self.process != _getpid()

    def start_displayhook(self) -> None:
        pass

    def write_output_prompt(self) -> None:
        if self.shell.semantics == OPENMATH_2024:
            sys.stdout.write("Out[1]: ")

    def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
        text = format_dict.get("text/plain")
        if text is None:
            return
        self.text = text
        if self.shell.semantics == OPENMATH_2024 and "\n" in text and not text.startswith("\n"):
            text = "\n" + text
        sys.stdout.write(text + "\n")

    def finish_displayhook(self) -> None:
        sys.stdout.flush()


class BlockShell(InteractiveShell):
    """An IPython shell without history, terminal or pager."""

    semantics = OPENMATH_2024

    def system(self, cmd: str) -> None:  # type: ignore[override]
        """``!cmd``: the command writes to the block's own descriptors, in order."""
        sys.stdout.flush()
        self.user_ns["_exit_code"] = subprocess.call(self.var_expand(cmd, depth=1), shell=True)

    def showtraceback(self, *arguments: Any, **named: Any) -> None:
        if self.semantics == OPENMATH_2024:
            super().showtraceback(*arguments, **named)
        else:
            sys.stdout.write(plain_traceback(*sys.exc_info()))

    def showsyntaxerror(self, *arguments: Any, **named: Any) -> None:
        if self.semantics == OPENMATH_2024:
            super().showsyntaxerror(*arguments, **named)
        else:
            sys.stdout.write(plain_traceback(*sys.exc_info()))

    def showindentationerror(self) -> None:
        self.showsyntaxerror()

    def choose(self, semantics: str) -> None:
        """Settles what the session's blocks mean, before the first of them."""
        self.semantics = semantics
        sys.modules["__main__"] = self.user_module
        self.displayhook.process = _getpid()
        if semantics == IPYTHON:
            # Magics and ! are off: they are terminal conveniences that make a block depend on its host.
            transformers = self.input_transformer_manager
            transformers.line_transforms = [t for t in transformers.line_transforms if t.__name__ != "cell_magic"]
            transformers.token_transformers = []
            self.prefilter_manager.prefilter_lines = _as_written
            for name in ("exit", "quit"):
                self.user_ns[name] = getattr(builtins, name, sys.exit)
            self.user_ns.pop("get_ipython", None)

    def run_block(self, code: str) -> Report:
        """Runs one block; what it prints goes to the descriptors, what became of it into the report."""
        self.displayhook.text = None
        outcome = self.run_cell(code)
        if outcome.error_before_exec is not None:
            return malformed(outcome.error_before_exec)
        if outcome.error_in_exec is not None:
            return failed(outcome.error_in_exec)
        return succeeded(self.displayhook.text)


def _as_written(lines: str, continue_prompt: bool = False) -> str:
    """In place of the shell's last look for magics, which also finds them without their mark."""
    return lines


def make_shell() -> BlockShell:
    configuration = Config()
    configuration.HistoryManager.enabled = False
    configuration.HistoryManager.hist_file = ":memory:"
    configuration.BlockShell.cache_size = 0
    shell = BlockShell(config=configuration, displayhook_class=BlockDisplayHook, compiler_class=BlockCompiler)
    # exit() and quit() raise SystemExit in both; the shell's own would ask a terminal that isn't there.
    for name in ("exit", "quit"):
        shell.user_ns[name] = getattr(builtins, name, sys.exit)
    return shell


def plain_traceback(kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None) -> str:
    """A traceback that is the same wherever it happens: no volatile cell name, no path of this installation, no colour."""
    if kind is None or error is None:
        return ""
    last_line = f"{kind.__name__}: {text}\n" if (text := text_of(error)) else f"{kind.__name__}\n"
    if isinstance(error, SyntaxError) and (error.filename or "").startswith(_CELL_PREFIX):
        source = (error.text or "").rstrip()
        line = f"    {source.strip()}\n" if source else ""
        return f"Line {error.lineno}\n{line}{kind.__name__}: {error.msg}\n"
    lines = ["Traceback (most recent call last):\n"]
    for frame in traceback.extract_tb(where):
        if frame.filename.startswith(_CELL_PREFIX):
            # Only frames of the blocks and of what they called; the shell's own come before the first of them.
            place = "" if frame.name.startswith("<") else f", in {frame.name}"
            lines.append(f"  Line {frame.lineno}{place}\n")
        elif len(lines) > 1:
            lines.append(f'  File "{frame.filename.removeprefix(_PACKAGES)}", line {frame.lineno}, in {frame.name}\n')
        else:
            continue
        if frame.line:
            lines.append(f"    {frame.line}\n")
    if len(lines) > 40:
        lines[20:-20] = [f"  ... {len(lines) - 40} lines ...\n"]
    return "".join(lines) + last_line
