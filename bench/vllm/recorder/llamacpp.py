"""Records llama.cpp's server: python -m recorder.llamacpp URL FOLDER (in bench/vllm), right after the server was started.

It is to run with --ctx-size 2048 --parallel 2 --threads-http 32 --metrics; README.md has the command.
"""

import concurrent.futures
import json
import pathlib
import sys
import time

from recorder.recording import Engine, Recorder, expect

STOPS = ["\n\n\n\n\n\n", "</llm-code>"]
# What the worker sends with each request.
USUAL = {
    "prompt": "Question: What is 2 + 2?\n\nSolution: ",
    "n_predict": 64,
    "temperature": 0.7,
    "top_p": 0.95,
    "top_k": 0,
    "min_p": 0.0,
    "seed": 7,
    "stop": STOPS,
    "cache_prompt": True,
}
CODE = {"grammar": 'root ::= "print(2 + 2)\\n</llm-code>\\n" [a-z ]*'}
SOLVED = {"grammar": 'root ::= "It is 4." "\\n"{7} "Question: " [a-z ]*'}
ENDED = {"grammar": 'root ::= "It is 4."'}
HALF = {"grammar": 'root ::= "print(2)</llm-cod" "a"'}


def loading(recorder: Recorder) -> None:
    """Waits for the server, and records how it says that it loads its model if it is seen so."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        try:
            answer = recorder.engine.ask("GET", "/health")
        except OSError:
            time.sleep(0.01)
            continue
        if answer.status == 200:
            recorder.record("health", "healthy", "GET", "/health")
            return
        recorder.record("health-loading", "the model is being loaded", "GET", "/health")
        recorder.record("completion-loading", "asked too early", "POST", "/completion", USUAL)
        time.sleep(0.2)
    raise SystemExit("not healthy within 120 s")


def stops(recorder: Recorder) -> None:
    def record(case: str, shows: str, more: dict) -> dict:
        return recorder.record(case, shows, "POST", "/completion", USUAL | more).body

    code = record("stop-code", "a code block's end tag matched; content lacks it, stopping_word has it", CODE)
    expect(code["content"] == "print(2 + 2)\n" and code["stopping_word"] == STOPS[1], "content and stopping_word make the text")
    solved = record("stop-delimiter", "six of seven newlines matched; content lacks them", SOLVED)
    expect(solved["content"] + solved["stopping_word"] == "It is 4." + STOPS[0], "nothing else is cut off")
    ended = record("end-of-text", "the model ended its text", ENDED)
    expect((ended["stop_type"], ended["stopping_word"]) == ("eos", ""), "an end of text has no stopping_word")
    record("half-stop", "the text ends in the beginning of a stop string, which is text", HALF)
    record("no-stop-asked", "without stop strings a tag is text like any other", CODE | {"stop": [], "n_predict": 24})
    openai = {"model": "any", "prompt": USUAL["prompt"], "max_tokens": 64, "stop": STOPS, **CODE}
    recorder.record("openai-route", "the OpenAI route does not say which stop string matched", "POST", "/v1/completions", openai)


def lengths(recorder: Recorder) -> None:
    def record(case: str, shows: str, more: dict) -> dict:
        return recorder.record(case, shows, "POST", "/completion", USUAL | more).body

    record("length", "the round's tokens are used up", {"n_predict": 5})
    zero = record("zero-tokens", "n_predict 0", {"n_predict": 0})
    expect(zero["tokens_predicted"] == 1, "n_predict 0 makes one token all the same")
    word = " and"
    full = record("context-full", "prompt fits, prompt and n_predict do not", {"prompt": word * 1014, "n_predict": 64, "stop": []})
    expect(full["truncated"] and full["stop_type"] == "limit", "the end of the context is a limit with truncated")
    expect(full["tokens_evaluated"] + full["tokens_predicted"] == 1024, "a slot's context is ctx-size / parallel")
    last = record("prompt-leaves-one", "a prompt of the context less one token", {"prompt": word * 1023, "stop": []})
    expect(last["tokens_predicted"] == 1, "it gets one token")
    record("prompt-fills-context", "a prompt of exactly the context is refused", {"prompt": word * 1024})
    long = record("prompt-too-long", "a prompt longer than the context", {"prompt": word * 1600})
    expect(long["error"]["type"] == "exceed_context_size_error", "a too long prompt has an error type of its own")
    record("split-character", "the last token is half a character", {"grammar": 'root ::= "😀"', "n_predict": 2})


def seeds(recorder: Recorder) -> None:
    def text(**more: object) -> str:
        return recorder.engine.ask("POST", "/completion", USUAL | {"n_predict": 24} | more).body["content"]

    expect(text(seed=11) == text(seed=11), "the same seed gives the same text on an idle server")
    expect(text(seed=11) != text(seed=12), "another seed gives another text")
    expect(text(temperature=0, seed=1) == text(temperature=1, top_k=1, top_p=1, seed=2), "top_k 1 is greedy")
    expect(len({text(seed=2**32 - 1, n_predict=48) for _ in range(3)}) > 1, "seed 4294967295 means any")
    whole = recorder.engine.ask("POST", "/completion", USUAL | {"seed": 2**32 + 11, "n_predict": 2}).body
    print(f"  seed 2^32 + 11 is taken as {whole.get('generation_settings', {}).get('seed')}: {whole.get('error')}")
    two = recorder.engine.ask("POST", "/completion", USUAL | {"seed": 11, "n_predict": 2})
    again = recorder.engine.ask("POST", "/completion", USUAL | {"seed": 11, "n_predict": 2})
    cached = again.body["timings"]["cache_n"]
    expect(two.body["tokens_evaluated"] == again.body["tokens_evaluated"], f"tokens_evaluated counts cached ones ({cached}) too")


def refusals(recorder: Recorder) -> None:
    def refused(case: str, shows: str, body: object) -> None:
        expect(recorder.record(case, shows, "POST", "/completion", body).status == 400, f"{case} is 400")

    refused("not-json", "a body that is cut off", '{"prompt": ')
    refused("wrong-type", "a field of the wrong type", USUAL | {"n_predict": "many"})
    refused("no-prompt", "no prompt", {"n_predict": 4})
    recorder.record("unknown-path", "no such path", "GET", "/nothing-here")


def defaults(recorder: Recorder) -> None:
    props = recorder.engine.ask("GET", "/props").body
    params = props["default_generation_settings"]["params"]
    recorder.write(
        "defaults",
        {
            "engine": recorder.version,
            "shows": "what the server takes for a sampling field that a request lacks (GET /props)",
            "n_ctx": props["default_generation_settings"]["n_ctx"],
            "total_slots": props["total_slots"],
            "params": params,
        },
    )
    recorder.record("slots", "an idle server's slots", "GET", "/slots")
    recorder.record("tokenize", "tokens of a text", "POST", "/tokenize", {"content": "print(1)\n</llm-code>\n"})


def busy(recorder: Recorder) -> None:
    """More requests than slots, then more than HTTP threads."""
    engine = recorder.engine
    long = {"n_predict": 40, "stop": [], "ignore_eos": True}
    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        for clients in (4, 12):
            began = time.monotonic()
            asked = [pool.submit(engine.ask, "POST", "/completion", USUAL | long | {"seed": seed}) for seed in range(clients)]
            time.sleep(0.5)
            at = time.monotonic()
            health = engine.ask("GET", "/health").status
            took = time.monotonic() - at
            if clients == 4:
                recorder.record("slots-busy", "each slot is taken", "GET", "/slots?fail_on_no_slot=1")
                metrics = engine.ask("GET", "/metrics").body
                lines = [line for line in metrics.splitlines() if line and not line.startswith("#")]
                recorder.write("metrics-busy", {"engine": recorder.version, "shows": "4 requests on 2 slots", "lines": lines})
            states = {one.result().status for one in asked}
            print(f"  {clients} at once on 2 slots: all {states}, {time.monotonic() - began:.1f} s; /health {health} after {took:.2f} s")
            expect(states == {200}, "requests beyond the slots wait and are answered")


def seconds_held(engine: Engine, body: dict) -> float:
    """For how long a slot stays taken by a request whose client has left."""

    def taken() -> bool:
        return any(slot["is_processing"] for slot in engine.ask("GET", "/slots").body)

    connection = engine.connect()
    connection.request("POST", "/completion", json.dumps(body), {"Content-Type": "application/json"})
    while not taken():
        time.sleep(0.01)
    time.sleep(0.5)
    connection.close()
    left = time.monotonic()
    while taken() and time.monotonic() < left + 120:
        time.sleep(0.01)
    return time.monotonic() - left


def disconnect(recorder: Recorder) -> None:
    """A client that goes away in the middle of a long answer."""
    body = USUAL | {"n_predict": 300, "stop": [], "ignore_eos": True}
    whole = recorder.engine.ask("POST", "/completion", body).body["timings"]["predicted_ms"] / 1000
    for streamed in (False, True):
        held = seconds_held(recorder.engine, body | {"stream": streamed})
        print(f"  stream {streamed}: slot taken {held:.2f} s after the client left; the whole answer takes {whole:.1f} s")


def main() -> None:
    url, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    engine = Engine(url)
    recorder = Recorder(engine, "llama.cpp", folder)
    loading(recorder)
    recorder.restamp("llama.cpp " + engine.ask("GET", "/props").body["build_info"].split("-")[0])
    for part in (stops, lengths, seeds, refusals, defaults, busy, disconnect):
        part(recorder)


if __name__ == "__main__":
    main()
