"""Records a real vLLM: python -m recorder.vllm URL FOLDER (in bench/vllm, URL as engine.sh prints it)."""

import json
import pathlib
import re
import sys
import time

from recorder.recording import Engine, Recorder, expect

COMPLETIONS = "/v1/completions"
STOPS = ["\n\n\n\n\n\n", "</llm-code>"]
# What the worker sends with each request, the model's noise cut short.
USUAL = {
    "model": "tiny",
    "prompt": "Question: What is 2 + 2?\n\nSolution: ",
    "max_tokens": 64,
    "temperature": 0.7,
    "top_p": 0.95,
    "top_k": -1,
    "seed": 7,
    "stop": STOPS,
    "include_stop_str_in_output": True,
}
# A grammar makes the noise write what a model would, and go on after the stop string until one ends it.
CODE = {"structured_outputs": {"regex": r"print\(2 \+ 2\)\n</llm-code>\n[a-z ]{5,100}"}}
SOLVED = {"structured_outputs": {"regex": r"It is 4\.\n{7}Question: [a-z ]{5,100}"}}


def stops(recorder: Recorder) -> None:
    def record(case: str, shows: str, **more: object) -> dict:
        return recorder.record(case, shows, "POST", COMPLETIONS, USUAL | more).body["choices"][0]

    included = record("stop-code", "a code block's end tag matched and is part of the text", **CODE)
    expect(included["text"].endswith("</llm-code>"), "the text ends with the stop string that was asked for")
    excluded = record("stop-code-excluded", "the same, with the stop string cut off", **CODE, include_stop_str_in_output=False)
    expect(included["text"] == excluded["text"] + excluded["stop_reason"], "stop_reason is what was cut off")
    solved = record("stop-delimiter", "six of seven newlines matched and are part of the text", **SOLVED)
    expect(solved["text"] == "It is 4." + STOPS[0], "nothing follows the stop string, though the model wrote on")
    record("stop-delimiter-excluded", "the same, with the stop string cut off", **SOLVED, include_stop_str_in_output=False)
    ended = record("end-of-text", "the model ended its text: stop without a stop_reason", structured_outputs={"choice": ["It is 4."]})
    expect(ended["finish_reason"] == "stop" and ended["stop_reason"] is None, "an end of text has no stop_reason")
    inner = {"structured_outputs": {"regex": r"print\(2\)</llm-code>[ ,]and </llm-code>[a-z ]{5,100}"}}
    record("no-stop-asked", "without stop strings a tag is text like any other", **inner | {"stop": []})


def lengths(recorder: Recorder) -> None:
    recorder.record("length", "the round's tokens are used up", "POST", COMPLETIONS, USUAL | {"max_tokens": 5})
    long = USUAL | {"prompt": "one two three four " * 700}
    answer = recorder.record("prompt-too-long", "the prompt alone exceeds the context", "POST", COMPLETIONS, long)
    expect(answer.status == 400, "a prompt longer than the context is refused with 400")
    fitted = prompt_of(recorder.engine, 2028)
    tight = USUAL | {"prompt": fitted, "max_tokens": 512, "stop": []}
    body = recorder.record("context-full", "the prompt fits, prompt and max_tokens do not", "POST", COMPLETIONS, tight).body
    expect(body["usage"]["total_tokens"] == 2048, f"max_tokens is lowered to what the context has left: {body['usage']}")
    full = USUAL | {"prompt": prompt_of(recorder.engine, 2048)}
    recorder.record("prompt-fills-context", "the prompt fits exactly and leaves no room", "POST", COMPLETIONS, full)


def prompt_of(engine: Engine, tokens: int) -> str:
    """A prompt of that many tokens, `<s>` included."""
    word = " and"
    prompt = word * (tokens - 1)
    count = engine.ask("POST", "/tokenize", {"model": "tiny", "prompt": prompt}).body["count"]
    if count != tokens:
        raise SystemExit(f"{tokens - 1} times '{word}' are {count} tokens, not {tokens}")
    return prompt


def seeds(recorder: Recorder) -> None:
    short = USUAL | {"max_tokens": 12, "stop": []}
    both = recorder.record("two-choices", "n = 2 with a seed", "POST", COMPLETIONS, short | {"n": 2, "seed": 11}).body
    texts = [choice["text"] for choice in both["choices"]]
    alone = [engine_text(recorder, short | {"seed": seed}) for seed in (11, 12)]
    expect(texts == alone, "choice i of n is what seed + i gives alone (idle server)")
    expect(both["usage"]["completion_tokens"] == 24, "usage counts all choices together")
    greedy = recorder.record("greedy", "temperature 0", "POST", COMPLETIONS, short | {"temperature": 0}).body
    texts = {engine_text(recorder, short | {"temperature": 0, "seed": seed}) for seed in range(8)}
    expect(texts == {greedy["choices"][0]["text"]}, "temperature 0 writes the same for every seed")
    # Logits of bfloat16 tie now and then: top_k 1 keeps all that tie and draws one of them.
    texts = {engine_text(recorder, short | {"temperature": 1, "top_k": 1, "top_p": 1, "seed": seed}) for seed in range(8)}
    print(f"  temperature 1 with top_k 1 writes {len(texts)} different texts for 8 seeds")


def engine_text(recorder: Recorder, body: dict) -> str:
    return recorder.engine.ask("POST", COMPLETIONS, body).body["choices"][0]["text"]


def refusals(recorder: Recorder) -> None:
    def refused(case: str, shows: str, body: object, status: int = 400) -> None:
        expect(recorder.record(case, shows, "POST", COMPLETIONS, body).status == status, f"{case} is {status}")

    refused("unknown-model", "a model that is not served", USUAL | {"model": "other"}, 404)
    refused("not-json", "a body that is cut off", '{"model": "tiny", "prompt": ')
    refused("wrong-type", "a field of the wrong type", USUAL | {"max_tokens": "many"})
    refused("no-prompt", "no prompt", {"model": "tiny"})
    refused("empty-prompt", "an empty prompt", USUAL | {"prompt": ""})
    refused("zero-tokens", "max_tokens 0", USUAL | {"max_tokens": 0})
    refused("negative-temperature", "a temperature below 0", USUAL | {"temperature": -1})
    refused("five-stops", "more than four stop strings", USUAL | {"stop": ["a", "b", "c", "d", "e"]})
    refused("empty-stop", "an empty stop string", USUAL | {"stop": [""]})
    refused("seed-too-large", "a seed of 2^63", USUAL | {"seed": 2**63})
    recorder.record("unknown-path", "no such path", "GET", "/nothing-here")


def surroundings(recorder: Recorder) -> None:
    recorder.record("health", "healthy: 200 and nothing else", "GET", "/health")
    recorder.record("models", "what is served, and its context", "GET", "/v1/models")
    recorder.record("tokenize", "tokens of a text", "POST", "/tokenize", {"model": "tiny", "prompt": "print(1)\n</llm-code>\n"})
    text = recorder.engine.ask("GET", "/metrics").body
    series = [line for line in text.splitlines() if line.startswith("vllm:") and "_bucket" not in line and "_created" not in line]
    names = sorted({re.split(r"[{ ]", line)[0] for line in series})
    wanted = (
        "vllm:prefix_cache_queries_total vllm:prefix_cache_hits_total vllm:num_requests_running vllm:num_requests_waiting "
        "vllm:kv_cache_usage_perc vllm:num_preemptions_total vllm:prompt_tokens_total vllm:generation_tokens_total"
    ).split()
    expect(set(wanted) <= set(names), "the metrics that the worker and the bench read are there")
    lines = [line for line in series if re.split(r"[{ ]", line)[0] in wanted]
    recorder.write("metrics", {"engine": recorder.version, "shows": "names of all series, and lines of some", "names": names, "lines": lines})


def metric(engine: Engine, name: str) -> float:
    lines = engine.ask("GET", "/metrics").body.splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if re.split(r"[{ ]", line)[0] == name)


def disconnect(recorder: Recorder) -> None:
    """A client that goes away in the middle of a long answer."""
    engine = recorder.engine
    before = metric(engine, "vllm:generation_tokens_total")
    connection = engine.connect()
    body = USUAL | {"max_tokens": 1900, "stop": [], "ignore_eos": True}
    connection.request("POST", COMPLETIONS, json.dumps(body), {"Content-Type": "application/json"})
    until = time.monotonic() + 20
    while metric(engine, "vllm:num_requests_running") == 0 and time.monotonic() < until:
        time.sleep(0.005)
    connection.close()
    left = time.monotonic()
    while metric(engine, "vllm:num_requests_running") > 0 and time.monotonic() < left + 20:
        time.sleep(0.005)
    seconds, made = time.monotonic() - left, metric(engine, "vllm:generation_tokens_total") - before
    print(f"  after the client left, the request ran {seconds:.2f} s more; {made:.0f} of 1900 tokens were made")
    expect(made < 1900, "a request whose client left is aborted")


def main() -> None:
    url, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    engine = Engine(url)
    version = "vLLM " + engine.ask("GET", "/version").body["version"]
    recorder = Recorder(engine, version, folder)
    for part in (stops, lengths, seeds, refusals, surroundings, disconnect):
        part(recorder)


if __name__ == "__main__":
    main()
