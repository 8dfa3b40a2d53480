"""What the built-in few-shot sets show as the output of a block of code is what the executor answers."""

import re
from pathlib import Path

import pytest
import yaml

from executor_process import ExecutorProcess

SETS = Path(__file__).resolve().parents[2] / "resources" / "dev" / "openmath" / "prompts" / "few-shot"
TAGS = ("<llm-code>", "</llm-code>", "<llm-code-output>", "</llm-code-output>")
BLOCK = re.compile(r"<llm-code>\n(.*?)\n</llm-code>\n<llm-code-output>\n(.*?)\n</llm-code-output>\n", re.DOTALL)
# With its limit of three executions, OpenMathInstruct-1's loop lets the model go on after two.
MOST_BLOCKS = 2


def _solutions_with_code() -> dict[str, str]:
    return {
        f"{file.stem}[{number}]": example["solution"]
        for file in sorted(SETS.glob("*.yaml"))
        for number, example in enumerate(yaml.safe_load(file.read_text(encoding="utf-8"))["examples"])
        if TAGS[0] in example["solution"]
    }


SOLUTIONS = _solutions_with_code()


def test_all_sets_are_found() -> None:
    assert len({name.partition("[")[0] for name in SOLUTIONS}) == 10, sorted(SOLUTIONS)


@pytest.mark.parametrize("semantics", ["OpenMath2024", "IPython"])
@pytest.mark.parametrize("solution", SOLUTIONS.values(), ids=SOLUTIONS.keys())
def test_code_blocks_print_what_the_example_shows(executor: ExecutorProcess, solution: str, semantics: str) -> None:
    blocks = BLOCK.findall(solution)
    assert [solution.count(tag) for tag in TAGS] == [len(blocks)] * len(TAGS), "a block is not followed by its output"
    assert len(blocks) <= MOST_BLOCKS
    with executor.open(semantics=semantics) as session:
        for code, shown in blocks:
            # As the loop cuts it: what stands between the tags.
            answer = session.run(f"\n{code}\n")
            assert (answer["class"], answer["output"]) == ("ok", shown), answer
