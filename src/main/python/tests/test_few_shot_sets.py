"""What the built-in few-shot sets show as the output of a block of code is what the block prints."""

import io
import re
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
import yaml
from IPython.core.displayhook import DisplayHook
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

SETS = Path(__file__).parents[2] / "resources" / "dev" / "openmath" / "prompts" / "few-shot"
BLOCK = re.compile(r"<llm-code>\n(.*?)\n</llm-code>\n<llm-code-output>\n(.*?)\n</llm-code-output>\n", re.DOTALL)
# The loop of OpenMathInstruct-1 asks the model only twice for text after an output, see its limit of three executions.
MOST_BLOCKS = 2


class PrintingHook(DisplayHook):
    """Prints the value of the last expression as IPython shows it, without a prompt before it."""

    def quiet(self) -> bool:
        return False

    def write_output_prompt(self) -> None:
        pass


@pytest.fixture(scope="module")
def shell() -> InteractiveShell:
    configuration = Config()
    configuration.HistoryManager.enabled = False
    configuration.InteractiveShell.displayhook_class = PrintingHook
    configuration.InteractiveShell.cache_size = 0
    return InteractiveShell(config=configuration)


def examples() -> list:
    found = []
    for file in sorted(SETS.glob("*.yaml")):
        for number, example in enumerate(yaml.safe_load(file.read_text(encoding="utf-8"))["examples"]):
            if "<llm-code>" in example["solution"]:
                found.append(pytest.param(example["solution"], id=f"{file.stem}[{number}]"))
    return found


def test_there_are_sets_to_check() -> None:
    assert len(examples()) >= 50, f"too few examples with code in {SETS}"


@pytest.mark.parametrize("solution", examples())
def test_code_blocks_print_what_the_example_shows(shell: InteractiveShell, solution: str) -> None:
    blocks = BLOCK.findall(solution)
    for tag in ("<llm-code>", "</llm-code>", "<llm-code-output>", "</llm-code-output>"):
        assert solution.count(tag) == len(blocks), f"a block of code is not followed by its output, or {tag} is astray"
    assert len(blocks) <= MOST_BLOCKS
    shell.reset(new_session=False)
    for code, shown in blocks:
        printed = io.StringIO()
        with redirect_stdout(printed), redirect_stderr(printed):
            outcome = shell.run_cell(code)
        assert outcome.success, f"{code}\nfailed:\n{printed.getvalue()}"
        assert printed.getvalue().strip() == shown, code
