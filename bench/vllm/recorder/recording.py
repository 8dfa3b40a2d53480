"""One exchange with an engine over HTTP, and its fixture file."""

import dataclasses
import http.client
import json
import pathlib
import typing
import urllib.parse

# What differs from one recording to the next and means nothing to a client.
VOLATILE = {"id": "cmpl-0", "created": 0}
# What an engine adds that is long and says nothing of the answer.
DROPPED = ("timings", "generation_settings", "prompt", "media_marker", "chat_template", "permission")


@dataclasses.dataclass(frozen=True)
class Answer:
    """An answer; `body` is the parsed document if it was JSON, else its text."""

    status: int
    headers: dict[str, str]
    body: typing.Any


class Engine:
    """A server on the loopback interface."""

    def __init__(self, url: str) -> None:
        parts = urllib.parse.urlsplit(url)
        if parts.hostname not in ("127.0.0.1", "localhost", "::1"):
            raise SystemExit(f"{url} is not on this machine")
        self.host, self.port = parts.hostname, parts.port

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self.host, self.port, timeout=300)

    def ask(self, method: str, path: str, body: typing.Any = None) -> Answer:
        """Sends a document, or text as it is."""
        connection = self.connect()
        data = body if body is None or isinstance(body, str) else json.dumps(body)
        connection.request(method, path, data, {"Content-Type": "application/json"})
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        headers = {name.lower(): value for name, value in response.getheaders()}
        try:
            return Answer(response.status, headers, json.loads(text))
        except json.JSONDecodeError:
            return Answer(response.status, headers, text)


def trimmed(document: typing.Any) -> typing.Any:
    """A document without what is volatile or long; of the two, only keys at the top and in the items of a list."""
    if isinstance(document, list):
        return [trimmed(item) for item in document]
    if not isinstance(document, dict):
        return document
    kept = {name: value for name, value in document.items() if name not in DROPPED}
    if "object" in kept:
        kept = {name: VOLATILE.get(name, value) if name != "id" or "choices" in kept else value for name, value in kept.items()}
    return {name: trimmed(value) if isinstance(value, list) else value for name, value in kept.items()}


class Recorder:
    """Writes fixtures of one engine into a folder, one file a case."""

    def __init__(self, engine: Engine, version: str, folder: pathlib.Path) -> None:
        self.engine, self.version, self.folder = engine, version, folder
        folder.mkdir(parents=True, exist_ok=True)

    def record(self, case: str, shows: str, method: str, path: str, body: typing.Any = None) -> Answer:
        """Asks, keeps the answer as CASE.json, and gives it back whole. A body that is no document is kept as text."""
        answer = self.engine.ask(method, path, body)
        request = {"method": method, "path": path}
        if body is not None:
            request["text" if isinstance(body, str) else "body"] = body
        response = {"status": answer.status, "contentType": answer.headers.get("content-type")}
        if "retry-after" in answer.headers:
            response["retryAfter"] = answer.headers["retry-after"]
        response["text" if isinstance(answer.body, str) else "body"] = trimmed(answer.body)
        self.write(case, {"engine": self.version, "shows": shows, "request": request, "response": response})
        print(f"{case}: {answer.status}")
        return answer

    def restamp(self, version: str) -> None:
        """Names the engine's version in files that were written before the engine could tell it."""
        for path in self.folder.glob("*.json"):
            document = json.loads(path.read_text())
            if document["engine"] == self.version:
                self.write(path.stem, document | {"engine": version})
        self.version = version

    def write(self, case: str, document: typing.Any) -> None:
        text = json.dumps(document, indent=2, ensure_ascii=False)
        (self.folder / f"{case}.json").write_text(text + "\n")


def expect(holds: bool, sentence: str) -> None:
    """Ends the recording if the engine does not do what the notes and tests say of it."""
    if not holds:
        raise SystemExit(f"not as noted: {sentence}")
    print(f"  holds: {sentence}")
