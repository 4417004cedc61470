"""Uploads: the three steps in virtual time, and the bytes over real HTTP."""

import asyncio
import io
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import reactivex

from rxslack.errors import (
    ApiError,
    ConfigurationError,
    RateLimited,
    ServerError,
    SlackError,
    TimedOut,
    TransportError,
    UnreadableResponse,
)
from rxslack.running.run import arun
from rxslack.sinks.upload_file import Progress, upload_file
from rxslack.testing import Marbles
from rxslack.web.client import WebClient
from rxslack.web.uploading import CountedFile

FIRST, LAST = "files.getUploadURLExternal", "files.completeUploadExternal"
Item = dict[str, Any]


class Web:
    """A Slack that writes its steps down, and meets one trouble a step, once."""

    def __init__(self, **troubles: Exception) -> None:
        self.steps: list[tuple[str, Any]] = []
        self.troubles = troubles

    def call(self, method: str, /, **arguments: Any) -> Item:
        self.steps.append((method, {k: v for k, v in arguments.items() if v is not None}))
        self._meet("first" if method == FIRST else "last")
        return {"ok": True, "file_id": "F1", "upload_url": "https://files.example/F1"}

    def upload(
        self, url: str, file: BinaryIO, *, sent: Callable[[int], None] | None = None
    ) -> None:
        body = CountedFile(file, sent)
        self.steps.append((url, b"".join(body)))
        self._meet("bytes")

    def _meet(self, step: str) -> None:
        if step in self.troubles:
            raise self.troubles.pop(step)

    @property
    def names(self) -> list[str]:
        short = {FIRST: "first", LAST: "last"}
        return [short.get(name, "bytes") for name, _ in self.steps]


NOTE: Item = {"channel": "C1", "filename": "note.txt", "content": "Grüße"}


def outcome(marbles: Marbles, web: Web, item: Item, **options: Any) -> Any:
    sink = upload_file(web, scheduler=marbles.scheduler, **options)
    (found,) = marbles.run(marbles.cold("a|", a=item).pipe(sink)).items
    return found


def test_it_asks_for_an_address_sends_the_bytes_and_shares_the_file(marbles: Marbles) -> None:
    web = Web()
    item = NOTE | {
        "title": "A note",
        "thread_ts": "7.1",
        "initial_comment": "See",
        "alt_txt": "greetings",
        "snippet_type": "text",
    }
    assert outcome(marbles, web, item)["ok"] is True
    described = {"filename": "note.txt", "length": 7, "alt_txt": "greetings"}
    shared = {"channel_id": "C1", "thread_ts": "7.1", "initial_comment": "See"}
    assert web.steps == [
        (FIRST, described | {"snippet_type": "text"}),
        ("https://files.example/F1", "Grüße".encode()),
        (LAST, {"files": [{"id": "F1", "title": "A note"}], **shared}),
    ]


def test_it_reads_a_file_while_it_sends_it_and_says_how_far_it_is(
    marbles: Marbles, tmp_path: Path
) -> None:
    path, size = tmp_path / "data.bin", 150_000
    path.write_bytes(bytes(size))
    web, seen = Web(), list[Progress]()
    item = {"file": path}
    outcome(marbles, web, item, progress=seen.append)
    assert [(p.sent, p.size) for p in seen] == [(65_536, size), (131_072, size), (size, size)]
    assert seen[0].item is item
    assert web.steps[0] == (FIRST, {"filename": "data.bin", "length": size})
    assert web.steps[2] == (LAST, {"files": [{"id": "F1", "title": "data.bin"}]})


def test_it_waits_for_a_coroutine_that_is_told_how_far_it_is(marbles: Marbles) -> None:
    seen = list[int]()

    async def note(progress: Progress) -> None:
        await asyncio.sleep(0.001)
        seen.append(progress.sent)

    item = {"filename": "a.bin", "content": bytes(150_000)}
    assert outcome(marbles, Web(), item, progress=note)["ok"] is True
    assert seen == [65_536, 131_072, 150_000]


def test_its_coroutines_run_on_the_loop_of_who_made_it() -> None:
    loops = list[asyncio.AbstractEventLoop]()

    async def note(_: Progress) -> None:
        loops.append(asyncio.get_running_loop())

    async def program() -> None:
        sink = upload_file(Web(), progress=note)
        assert await arun(reactivex.just(NOTE), sink) == 0
        assert loops == [asyncio.get_running_loop()]

    asyncio.run(program())


@pytest.mark.parametrize("step", ["first", "bytes"])
@pytest.mark.parametrize(
    "error",
    [
        TimedOut("the upload", 30.0, maybe_done=True),
        TransportError("the upload", "reset", maybe_done=True),
        ServerError("the upload", 502),
        RateLimited("the upload", 1.0),
    ],
    ids=str,
)
def test_it_begins_anew_when_nobody_has_seen_anything_yet(
    marbles: Marbles, step: str, error: SlackError
) -> None:
    web = Web(**{step: error})
    assert outcome(marbles, web, NOTE)["ok"] is True
    begun = ["first"] if step == "first" else ["first", "bytes"]
    assert web.names == [*begun, "first", "bytes", "last"]


def test_it_never_shares_a_file_twice(marbles: Marbles) -> None:
    lost = TimedOut(LAST, 30.0, maybe_done=True)
    web = Web(last=lost)
    event = outcome(marbles, web, NOTE)
    assert (event["error"], event["uncertain"]) == (lost, True)
    assert web.names == ["first", "bytes", "last"]


@pytest.mark.parametrize(
    ("item", "error"),
    [
        ({"filename": "a"}, "content, or file"),
        (NOTE | {"file": "a"}, "not both"),
        ({"content": "Hello"}, "no filename"),
        ({"content": "", "filename": "a"}, "empty"),
        ({"content": 7, "filename": "a"}, "not int"),
        ({"file": "/nowhere/at all"}, "cannot be read"),
        ({"file": "/dev/zero"}, "not a regular file"),
        ({"file": "/dev"}, "cannot be read"),
        ("Hello", "a dict"),
    ],
)
def test_it_says_what_is_wrong_with_an_item(marbles: Marbles, item: Any, error: str) -> None:
    web = Web()
    event = outcome(marbles, web, item)
    assert isinstance(event["error"], ConfigurationError)
    assert error in str(event["error"])
    assert web.steps == []


def broken(_: Progress) -> None:
    raise ValueError("broken")


async def broken_soon(_: Progress) -> None:
    raise ValueError("broken")


@pytest.mark.parametrize("broken", [broken, broken_soon])
def test_it_fails_the_item_when_the_progress_function_raises(marbles: Marbles, broken: Any) -> None:
    web = Web()
    event = outcome(marbles, web, NOTE, progress=broken)
    assert isinstance(event["error"], ValueError)
    assert web.names == ["first"]


def test_it_makes_a_refusal_a_failure(marbles: Marbles) -> None:
    refused = ApiError(FIRST, "file_uploads_disabled")
    assert outcome(marbles, Web(first=refused), NOTE)["error"] is refused


class Door(BaseHTTPRequestHandler):
    """An upload address: keeps what comes, and answers with the status in the path."""

    came: list[tuple[dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.came.append((dict(self.headers.items()), body))
        self.send_response(int(self.path.strip("/")))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name it has there
        """Say nothing."""


@pytest.fixture
def door() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    came: list[tuple[dict[str, str], bytes]] = []
    handler = type("OneDoor", (Door,), {"came": came})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", came
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_client_sends_the_bytes_as_they_are_and_no_token(
    door: tuple[str, list[tuple[dict[str, str], bytes]]],
) -> None:
    url, came = door
    body, sent = bytes(range(256)) * 1000, list[int]()
    with WebClient("xoxb-test", base_url=url) as web:
        web.upload(url + "200", io.BytesIO(body), sent=sent.append)
    ((headers, found),) = came
    assert found == body
    assert headers["Content-Length"] == "256000"
    assert "Authorization" not in headers
    assert sent[-1] == len(body)
    assert sent == sorted(set(sent))


@pytest.mark.parametrize(
    ("status", "kind"),
    [(500, ServerError), (503, ServerError), (429, RateLimited), (403, UnreadableResponse)],
)
def test_a_client_says_how_an_upload_was_refused_and_never_where(
    door: tuple[str, list[tuple[dict[str, str], bytes]]], status: int, kind: type[SlackError]
) -> None:
    url, _ = door
    with (
        WebClient("xoxb-test", base_url=url) as web,
        pytest.raises(kind, match="the upload") as caught,
    ):
        web.upload(f"{url}{status}", io.BytesIO(b"x"))
    assert url not in repr(caught.value)


def test_a_client_says_that_nobody_is_there() -> None:
    with (
        WebClient("xoxb-test", base_url="http://127.0.0.1:9/") as web,
        pytest.raises(TransportError, match="the upload"),
    ):
        web.upload("http://127.0.0.1:9/200", io.BytesIO(b"x"))
