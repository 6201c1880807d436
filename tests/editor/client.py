"""A small client of the Language Server Protocol over stdio: what an editor does, without the editor."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from typed_registry._kinds import is_dict

CURSOR = "<|>"
SECONDS = 120.0


class Document(NamedTuple):
    """A text that is open in the server, and the cursor in it, in UTF-16 units."""

    uri: str
    text: str
    version: int
    position: dict[str, int]


class ServerError(RuntimeError):
    """The server ended, did not answer, or answered with an error."""


class Client:
    """A running language server and the one document that is shown to it at a time.

    Args:
        command: What starts it.
        root: The folder that is open.
        language: The language of its documents.
        settings: What it is told when it asks for its configuration; also sent once it is there.
        options: Its `initializationOptions`.
        publishes: Whether it sends diagnostics for each version of a document; it is waited for them then.
    """

    def __init__(
        self,
        command: Sequence[str],
        root: Path,
        language: str,
        settings: Mapping[str, Any],
        options: Mapping[str, Any],
        *,
        publishes: bool = True,
    ) -> None:
        self._root = root
        self._language = language
        self._settings = settings
        self._publishes = publishes
        self._last_id = 0
        self._version = 0
        self._inbox: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._diagnostics: dict[str, tuple[int | None, list[dict[str, Any]]]] = {}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root)
        threading.Thread(target=self._read, daemon=True).start()
        self._initialize(options)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                self.request("shutdown", None, seconds=10)
                self.notify("exit", None)
                self._process.wait(10)
        finally:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                assert pipe is not None
                pipe.close()

    def show(self, name: str, marked: str) -> Document:
        """Open a new document, written to the folder too, and wait until the server knows it; the cursor is where the mark is."""
        path = self._root / name
        text = marked.replace(CURSOR, "")
        path.write_text(text, encoding="utf-8")
        self._version += 1  # never the same twice for a URI, or the YAML and JSON servers answer from a stale text
        document = Document(path.as_uri(), text, self._version, _position(marked))
        item = {"uri": document.uri, "languageId": self._language, "version": document.version, "text": text}
        self._diagnostics.pop(document.uri, None)
        self.notify("textDocument/didOpen", {"textDocument": item})
        self.until_known(document)
        return document

    def retype(self, document: Document) -> Document:
        """Send the whole text once more, as a change."""
        self._version += 1
        document = document._replace(version=self._version)
        self._diagnostics.pop(document.uri, None)
        changes = [{"text": document.text}]
        self.notify(
            "textDocument/didChange", {"textDocument": {"uri": document.uri, "version": document.version}, "contentChanges": changes}
        )
        return document

    def hide(self, document: Document) -> None:
        """Close a document."""
        self.notify("textDocument/didClose", {"textDocument": {"uri": document.uri}})

    def until_known(self, document: Document) -> None:
        """Wait until a server that publishes diagnostics has sent those of a document's version: until it is done with it."""

        def is_known() -> bool:
            version, _ = self._diagnostics.get(document.uri, (-1, []))
            return version is None or version >= document.version

        if self._publishes and not is_known():
            self._until(lambda _: is_known(), SECONDS, f"diagnostics of {document.uri}")

    def diagnostics(self, document: Document) -> list[dict[str, Any]]:
        """What the server reports of a document."""
        return self._diagnostics[document.uri][1]

    def ask(self, method: str, document: Document) -> Any:
        """Send a request about the cursor of a document."""
        return self.request(method, {"textDocument": {"uri": document.uri}, "position": document.position})

    def completions(self, document: Document) -> list[dict[str, Any]]:
        """The items that are offered at the cursor."""
        found = self.ask("textDocument/completion", document)
        return found["items"] if is_dict(found) else found or []

    def request(self, method: str, params: object, seconds: float = SECONDS) -> Any:
        """The answer to a request.

        Raises:
            ServerError: There is none, or it is an error.
        """
        self._last_id += 1
        number = self._last_id
        self._send({"id": number, "method": method, "params": params})
        answer = self._until(lambda message: message.get("id") == number and "method" not in message, seconds, method)
        if "error" in answer:
            raise ServerError(f"{method}: {answer['error']}")
        return answer.get("result")

    def notify(self, method: str, params: object) -> None:
        """Send what needs no answer."""
        self._send({"method": method, "params": params})

    def _initialize(self, options: Mapping[str, Any]) -> None:
        completion = {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown", "plaintext"]}}
        text = {
            "completion": completion,
            "hover": {"contentFormat": ["markdown", "plaintext"]},
            "signatureHelp": {"signatureInformation": {"parameterInformation": {"labelOffsetSupport": True}}},
            "publishDiagnostics": {"versionSupport": True},
            "definition": {"linkSupport": False},
        }
        folder = {"uri": self._root.as_uri(), "name": self._root.name}
        self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": folder["uri"],
                "rootPath": str(self._root),
                "workspaceFolders": [folder],
                "capabilities": {"textDocument": text, "workspace": {"configuration": True, "workspaceFolders": True}},
                "initializationOptions": options,
            },
        )
        self.notify("initialized", {})
        self.notify("workspace/didChangeConfiguration", {"settings": self._settings})

    def _until(self, is_it: Callable[[dict[str, Any]], bool], seconds: float, what: str) -> dict[str, Any]:
        """The first message that is it; what comes before is dealt with."""
        end = time.monotonic() + seconds
        while True:
            try:
                message = self._inbox.get(timeout=max(0.0, end - time.monotonic()))
            except queue.Empty:
                raise ServerError(f"{what}: no answer within {seconds} s") from None
            if message is None:
                raise ServerError(f"{what}: the server ended with status {self._process.wait(10)}")
            self._deal_with(message)
            if is_it(message):
                return message

    def _deal_with(self, message: dict[str, Any]) -> None:
        method = message.get("method")
        params: Any = message.get("params")
        if method == "textDocument/publishDiagnostics":
            self._diagnostics[params["uri"]] = (params.get("version"), params["diagnostics"])
        elif method is not None and "id" in message:
            result = [self._section(item.get("section")) for item in params["items"]] if method == "workspace/configuration" else None
            self._send({"id": message["id"], "result": result})

    def _section(self, name: str | None) -> Any:
        """A section of the settings, such as `python.analysis`."""
        found: Any = self._settings
        for key in name.split(".") if name else ():
            found = found.get(key) if is_dict(found) else None
        return found

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
            self._process.stdin.flush()
        except OSError as error:
            raise ServerError(f"{message.get('method')}: the server takes no more: {error}") from None

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while True:
            length = 0
            while (line := stream.readline()) not in (b"\r\n", b""):
                name, _, value = line.partition(b":")
                length = int(value) if name.lower() == b"content-length" else length
            if not line:
                self._inbox.put(None)
                return
            self._inbox.put(json.loads(stream.read(length)))


def _position(marked: str) -> dict[str, int]:
    before = marked.partition(CURSOR)[0]
    line = before.rpartition("\n")[2]
    return {"line": before.count("\n"), "character": len(line.encode("utf-16-le")) // 2}
