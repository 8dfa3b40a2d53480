"""Make a language model that knows nothing and is served in seconds.

It is a Llama of two layers with random bfloat16 weights, and a byte-level BPE tokenizer trained on the problems and the
few-shot examples that this repository carries. Its text is noise. What counts is all around the text: an engine treats
its tokens, stop strings, seeds, limits and prefix cache like those of a model of any size.
"""

import argparse
import json
import pathlib

import torch
import yaml
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

VOCABULARY = 2000
CONTEXT = 2048
SEED = 20241124


def training_texts(repository: pathlib.Path) -> list[str]:
    """Questions and answers of the demo's GSM8K rows, and every built-in prompt."""
    demo = repository / "manifests/examples/30-gsm8k-demo.yaml"
    problems = next(yaml.safe_load_all(demo.read_text()))["data"]["gsm8k.jsonl"]
    rows = [json.loads(line) for line in problems.splitlines() if line]
    prompts = sorted((repository / "src/main/resources/dev/openmath/prompts").rglob("*.yaml"))
    return [text for row in rows for text in row.values()] + [path.read_text() for path in prompts]


def train_tokenizer(texts: list[str]) -> PreTrainedTokenizerFast:
    """A tokenizer of exactly VOCABULARY entries that puts `<s>` before a prompt, as those of Llama and Mistral do."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=["<s>", "</s>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 0)])
    if tokenizer.get_vocab_size() != VOCABULARY:
        raise SystemExit(f"the texts suffice for {tokenizer.get_vocab_size()} of {VOCABULARY} tokens; add some to training_texts")
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, bos_token="<s>", eos_token="</s>", pad_token="</s>", model_max_length=CONTEXT
    )


def random_llama() -> LlamaForCausalLM:
    """The same weights each time: the generator's seed is fixed."""
    torch.manual_seed(SEED)
    config = LlamaConfig(
        vocab_size=VOCABULARY,
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=CONTEXT,
        bos_token_id=0,
        eos_token_id=1,
        pad_token_id=1,
        dtype="bfloat16",
    )
    return LlamaForCausalLM(config).to(torch.bfloat16)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("target", type=pathlib.Path, help="folder to write; made if it is not there")
    parser.add_argument("--repository", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[2])
    arguments = parser.parse_args()
    train_tokenizer(training_texts(arguments.repository)).save_pretrained(arguments.target)
    random_llama().save_pretrained(arguments.target)


if __name__ == "__main__":
    main()
