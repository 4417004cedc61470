"""
Changes that no test can notice, because they change nothing: the reason for each.

The keys are what `python -m tests.mutants` prints for a survivor, without the number, which moves: the
function and the line that came in. They are subtracted in its account.
"""

from __future__ import annotations

from typing import Final

__all__ = ["EQUIVALENT"]

_REPLACED: Final = "`_open` replaces it before anybody looks at it"
_FALSY: Final = "it is only asked whether it is true"
_COMPARED: Final = "the numbers of hellos are only compared with each other"
_FIRST: Final = "the first hello of all is joined at once"
_SLOWLY: Final = "it is found in another way, which takes longer"
_CAST: Final = "a cast does nothing"
_DEADLINE: Final = "each reading and writing sets a time-out of its own"
_SET: Final = "`begin` sets it before the timer runs for the first time"
_OTHER: Final = 'only "failed" and "completed" are asked for'

_HAS_FAILED: Final = "what has failed already hands its failure on, and nothing else is asked for"
_DOUBT: Final = "what is searched for is in doubt; what comes in without is for type checkers"
_BEGUN: Final = "what is searched for has begun; what comes in otherwise is for type checkers"
_NEGATIVE: Final = "it is only asked whether it is below 0"

_SQL: Final = "SQL does not tell small letters from capitals"
_INSTANT: Final = "the clock has nanoseconds: what is read off it meets no instant exactly"
_LATEST: Final = "any `ts` is less, so that of the next gap takes its place"
_KEYS: Final = "only the keys are asked for"
_EVEN: Final = "the number is even"
_ALWAYS_ONE: Final = "there is always a channel whose task is due"
_OVER: Final = "the stream has ended, so that nothing is asked of it any more"

_STATEMENTS: Final = {
    "Checkpoint.note": (
        'self._rows.append(("INSERT OR IGNORE INTO recent VALUES (?, ?)", (channel, ts)))',
    ),
    "Checkpoint._note_answer": (
        'self._rows.append(("REPLACE INTO threads VALUES (?, ?, ?)", (channel, thread, ts)))',
    ),
    "Checkpoint.forget": (
        'self._rows.append(("DELETE FROM recent WHERE channel = ? AND ts <= ?", (channel, floor)))',
    ),
    "Checkpoint._write_all": (
        'self._db.execute("BEGIN IMMEDIATE")',
        'self._db.execute("DELETE FROM facts WHERE name = ?", (name,))',
        'self._db.execute("REPLACE INTO facts VALUES (?, ?)", (name, value))',
        'self._db.execute("COMMIT")',
    ),
    "Checkpoint._load": (
        'facts = dict(self._db.execute("SELECT name, value FROM facts").fetchall())',
        'channels = dict(self._db.execute("SELECT channel, ts FROM channels").fetchall())',
        'threads = self._db.execute("SELECT channel, thread, ts FROM threads ORDER BY ts").fetchall()',
        'for channel, ts in self._db.execute("SELECT channel, ts FROM recent").fetchall():',
    ),
    "_opened": (
        'db.execute("PRAGMA journal_mode=WAL")',
        'db.execute("PRAGMA synchronous=NORMAL")',
    ),
}
"""Lines of the checkpoint's functions in which SQL is said."""


def in_other_letters(line: str) -> tuple[str, str]:
    """A line, with the text that it quotes in small letters, and in capitals."""
    before, text, after = line.split('"')
    return f'{before}"{text.lower()}"{after}', f'{before}"{text.upper()}"{after}'


EQUIVALENT: Final = {
    (
        "isolate",
        "Isolation.__init__",
        "self._subject: Subject[Any] = None",
    ): _REPLACED,
    (
        "isolate",
        "Isolation.__init__",
        'self._working: tuple[int, Any] | None = ""  # thread, and the item that it works on',
    ): _FALSY,
    (
        "isolate",
        "Isolation.__init__",
        'self._escaped: Exception | None = ""  # the subscriber\'s own, on its way up',
    ): "it is only asked for what is raised, and each item replaces it",
    ("isolate", "Isolation.__init__", "self._subject = None"): _REPLACED,
    ("isolate", "Isolation.__init__", "self._opening = None"): _FALSY,
    ("isolate", "Isolation.__init__", "self._opening = True"): _REPLACED,
    ("isolate", "Isolation._open", "self._opening = None"): _FALSY,
    **{
        (
            "isolate",
            "Isolation.__init__",
            f'self._source: Literal["alive", "failed", "completed"] = {value}',
        ): _OTHER
        for value in ("None", '"ALIVE"', '"XXaliveXX"')
    },
    **{
        (
            "delivery",
            "Deliverer.restored",
            f"return Job({arguments}, receiver, failed=failure(damaged, error))",
        ): _HAS_FAILED
        for arguments in ("None, kept.call", "damaged, None")
    },
    (
        "delivery",
        "Deliverer.restored",
        "job.looks = -2  # that process may have ended just now, so the first look waits, too",
    ): _NEGATIVE,
    (
        "delivery",
        "Deliverer._search",
        "since = job.accepted if (job.began is None) and False else job.began",
    ): _BEGUN,
    **{
        (
            "delivery",
            "Deliverer._surely_not_done",
            f"return self._again(job, doubt or SlackError({words}), 0.0)",
        ): _DOUBT
        for words in ("None", '"XXnot postedXX"', '"NOT POSTED"')
    },
    **{
        ("checkpoint", function, changed): _SQL
        for function, lines in _STATEMENTS.items()
        for line in lines
        for changed in in_other_letters(line)
        if changed != line
    },
    ("checkpoint", "Checkpoint.__init__", "self._failing = None"): _FALSY,
    **{
        (
            "checkpoint",
            "Checkpoint.__init__",
            f"self._next = {value}  # monotonic seconds before which no further attempt is made",
        ): "the first failure sets it, and nobody asks for it before"
        for value in ("None", "+math.inf")
    },
    ("checkpoint", "Checkpoint._write", "self._failing = None"): _FALSY,
    (
        "checkpoint",
        "_opened",
        "db = sqlite3.connect(path, check_same_thread=False)",
    ): "all that writes stands between BEGIN and COMMIT, so that the module begins nothing itself",
    (
        "checkpoint",
        "_opened",
        'db.execute(f"PRAGMA busy_timeout = {int(_BUSY * 1001)}")  # until here it was five seconds',
    ): "in whole milliseconds it is the same",
    (
        "backfill",
        "GapFilling.__init__",
        "self._begun = None  # whether a hello has come",
    ): _FALSY,
    (
        "gap",
        "happened_in",
        "if type(None) is str and channel:  # as nearly always",
    ): _SLOWLY,
    (
        "gap",
        "ChannelState.note",
        "if ts >= self.newest:",
    ): "a `ts` that equals it takes its place",
    (
        "gap",
        "ChannelState.merged",
        'while ts is not None and news and news[0].item["ts"] <= ts:',
    ): "what waits is never among what was found and not heard",
    ("gap", "OpenGap.next", 'first, instant = "XXXX", math.inf'): _ALWAYS_ONE,
    (
        "gap",
        "ChannelState.recall",
        "elif len(self.seen) >= _REMEMBERED / 2:  # then the older ones may be forgotten",
    ): _EVEN,
    (
        "filler",
        "GapFiller.hold",
        "hold = ItemHold() if (CURRENT.get()) or True else None",
    ): "there it holds nothing",
    ("filler", "GapFiller.hold", 'open_gap.with_waiting[channel] = ""'): _KEYS,
    ("filler", "GapFiller.release_all", 'self.open_gap = ""'): _OVER,
    ("filler", "GapFiller._close", "self._output.channel(channel).since = None"): _FALSY,
    ("filler", "GapFiller._close", 'self._output.channel(channel).since = "XXXX"'): _LATEST,
    ("filler", "GapFiller._plan", "self._output.unlisted = None"): _FALSY,
    ("filler", "GapFiller._plan", 'self._output.unlisted = "XXXX"'): _LATEST,
    ("filler", "GapFiller._next", "if due < now:"): "then it looks once more, without waiting",
    ("filler", "GapFiller._question", "if monotonic() <= open_gap.settled:"): _INSTANT,
    **{
        (
            "history",
            "_objects",
            f"return cast({kind}, found) if isinstance(found, list) else []",
        ): _CAST
        for kind in ("None", '"XXlist[Json]XX"', '"list[json]"', '"LIST[JSON]"')
    },
    (
        "calls",
        "PatientCaller._pause",
        "if (seconds >= 0 and self._stop.wait(seconds)) or self._stop.is_set():",
    ): "then it only asks twice",
    (
        "calls",
        "MethodPaces.of",
        "rate, burst = self._per_minute / 60, max(1, int(min(self._per_minute, 1000000001.0)))",
    ): "that many are never made",
    (
        "filler",
        "GapFiller._use",
        "self._emit(open_gap, channel, found, upto, all_waiting=None)",
    ): _FALSY,
    (
        "filler",
        "GapFiller._use",
        "elif found.asked <= open_gap.settled or ran_out:",
    ): _INSTANT,
    (
        "filler",
        "GapFiller._use",
        "both = Found(asked=None, messages={**found.messages, **task.found.messages})",
    ): "it is emitted at once, and nobody asks when it was asked for",
    ("filler", "GapFiller._release", "task.passes = None"): _FALSY,
    (
        "attempts",
        "Attempt.__init__",
        'self.connection: Connection | None = ""  # None: it cannot be asked, nor be retired',
    ): "its hello replaces it before anybody looks at it",
    (
        "attempts",
        "Attempt.__init__",
        "self.closing = None  # whether Slack has said that it will close it",
    ): _FALSY,
    ("coverage", "Coverage.__init__", "self._hellos = 1"): _COMPARED,
    ("coverage", "Coverage.stands", "self._hellos += 2"): _COMPARED,
    ("coverage", "Coverage._follow", "covered = 1"): _FIRST,
    ("coverage", "Span.__init__", "self.answered = 1"): _FIRST,
    ("coverage", "Span.__init__", "self.joined = None"): _FALSY,
    **{
        ("coverage", "Span.__init__", f"self.number = {value}"): "`stands` sets it"
        for value in ("None", "1")
    },
    ("duplicates", "_key_of", "return None, True"): "without a key, nobody asks for the rest",
    (
        "emitter",
        "Emitter.__init__",
        'self.observer_error: BaseException | None = ""',
    ): "it is only asked whether it is a certain exception",
    (
        "emitter",
        "Emitter.on_items",
        "self._note(_newest_ts(items, None))",
    ): _SLOWLY,
    **{
        ("emitter", "_newest_ts", f"return max({changed})"): _SLOWLY
        for changed in (
            "None",
            *("map(None, messages)", "map(_ts_of, None)", "map(messages)", "map(_ts_of, )"),
        )
    },
    **{
        ("emitter", "Emitter._emit_gap", f"self._emit((cast({kind}, item),), False)"): _CAST
        for kind in ("None", '"XXTXX"', '"t"')
    },
    (
        "emitter",
        "Emitter._note",
        "if type(ts) is str and ts >= self._last_ts:",
    ): "a `ts` that equals it takes its place",
    (
        "emitter",
        "Emitter._hand_over",
        "if before.span is not None or after.span is not None:",
    ): "who follows has said hello, and is joined when the leader has not",
    ("handover_timer", "HandoverTimer.__init__", "self._proof_by = None"): _SET,
    ("read_loop", "ReadLoop.__init__", "self._stopped = None"): _FALSY,
    ("handshake", "shake_hands", "timeout=None,"): _DEADLINE,
    ("handshake", "shake_hands", "redirect_limit=1,"): "where it would lead is not shown",
    **{
        ("handshake", "_HandshakeSocket.__init__", f"self.rest = {value}"): "the head replaces it"
        for value in ("None", 'b"XXXX"')
    },
    (
        "handshake",
        "_HandshakeSocket.send",
        "self._sock.settimeout(None)",
    ): "the request is so short that it goes at once",
    (
        "read_loop",
        "_size",
        "if min(sizes) > _MIN_SIZE:",
    ): "then both sums are the same",
    **{
        ("websocket", f"WebSocket.{function}", f"{name} = None"): _FALSY
        for function, name in (
            ("__init__", "self._close_sent"),
            ("__init__", "self._closed"),
            ("__init__", "self._inherited"),
            ("receive", "self._behind"),
        )
    },
    ("websocket", "WebSocket.__init__", "sock.setblocking(None)"): _FALSY,
    (
        "websocket",
        "WebSocket._writable",
        "if seconds < 0:",
    ): "then it looks once more, without waiting",
    **{
        ("waits", "_Wait.__init__", line): "there is no socket that this could be of"
        for line in ("self.descriptor = None", "self.descriptor = +1", "self.descriptor = -2")
    },
    **{
        ("waits", f"_Wait.{function}", line): "the hub sets it before anybody asks, or a look does"
        for function, line in (
            ("__init__", 'self.hub: Hub | None = ""'),
            ("__init__", "self.due = None"),
            ("__init__", 'self._taken: Callable[[], object] | None = ""  # for `emit`'),
            ("__init__", "self._is_due = None"),
            ("__init__", "self._is_due = True"),
            ("give_up", "self.due = None"),
        )
    },
    ("waits", "_Wait.__init__", "self.is_slow = None"): _FALSY,
    (
        "waits",
        "_Wait.__init__",
        "self.is_slow = True",
    ): "another thread leads at once, instead of soon",
    (
        "waits",
        "_Wait.look",
        "return math.inf if (self._is_over()) and False else self._end",
    ): "it is looked at once more, and nothing comes of it",
    **{
        ("hub", f"Hub.{function}", line): _FALSY
        for function, line in (
            ("__init__", "self._has_begun = self._is_over = None"),
            ("__init__", "self._has_stand_by = None"),
            ("__init__", "self._woken = None"),
            (
                "__init__",
                "self._is_offered = None  # whether the stand-by is to take the lead at once; as `_round`",
            ),
            ("__init__", "self._asleep = None  # the stand-by, until `_ring`"),
            ("_serve", "leads = None"),
            ("_stand_by", "self._is_offered = None"),
            ("_stand_by", "self._has_stand_by = None"),
            ("_stand_by", "self._asleep = None"),
            ("_start_stand_by", "self._start(leads=None)"),
            ("_start_stand_by", "self._has_stand_by = None"),
            ("_hear", "self._woken = None"),
            ("_look", "return self._go_on(member, None)"),
        )
    },
    **{
        (
            "hub",
            f"Hub.{function}",
            line,
        ): "it is only asked whether it is odd, and whether it has changed"
        for function, line in (
            ("_stand_by", "self._round -= 1"),
            ("_in_user_code", "self._round -= 1"),
        )
    },
    **{
        ("hub", "Hub.ask", line): "it is woken more often than need be"
        for line in (
            "self._woken = None",
            "self._woken = False",
            'self._wake_sender.send(b"XX\\0XX")',
        )
    },
    ("hub", "Hub._hear", "while self._wake_receiver.recv(65):"): "all is read in any pieces",
    ("hub", "Hub._timeout", "return 1.0"): "whoever asks has woken it",
    ("hub", "Hub._serve_sockets", "break"): "the others are ready still, the next time",
    ("hub", "Hub._serve_sockets", "if events | selectors.EVENT_WRITE:"): "nothing is due then",
    (
        "hub",
        "Hub._serve_sockets",
        "batch = member.read() if (events & selectors.EVENT_READ) or True else ()",
    ): "nothing has come then",
    (
        "hub",
        "Hub.__init__",
        "self._offset = time.time() + self._tick  # of the wall clock",
    ): "the first look replaces it, and takes no step back for a jump",
    **{
        ("hub", f"Hub.{function}", line): _INSTANT
        for function, line in (
            ("_compare_clocks", "if self._offset - before >= JUMP:"),
            ("_look_after_some", "if now > self._tick:"),
            ("_look_after_some", "while self._due and self._due[0][0] < now:"),
            (
                "_in_user_code",
                "member.is_slow = time.monotonic() - began >= _STAND_BY_FOR if was_slow else not leads",
            ),
        )
    },
    **{
        ("hub", f"Hub.{function}", line): "the heap is tidied a little sooner, or later"
        for function, line in (
            (
                "__init__",
                "self._stale = 1  # entries of it that do not hold any more, or about so many",
            ),
            ("_look_after_some", "self._stale = 1"),
            ("_look_after_some", "self._stale += 1"),
            ("_look_after_some", "elif not self._look(member, ):"),
            ("_look", "if before < math.inf or not popped:"),
            ("_look", "if before <= math.inf and not popped:"),
            ("_note_stale", "self._stale += 2"),
            ("_note_stale", "if self._stale >= len(self._due) // 2:"),
            ("_note_stale", "if self._stale > len(self._due) / 2:"),
            ("_note_stale", "if self._stale > len(self._due) // 3:"),
            ("_note_stale", "self._stale = 1"),
        )
    },
    (
        "hub",
        "Hub._serve_sockets",
        "batch = member.read() if events | selectors.EVENT_READ else ()",
    ): "nothing has come then",
    (
        "hub",
        "Hub.__init__",
        "self._wake_sender.setblocking(True)",
    ): "there is room for the one byte",
    (
        "hub",
        "Hub.__init__",
        "self._asleep = True  # the stand-by, until `_ring`",
    ): "it is rung once more than need be",
    ("hub", "Hub._look", "if due <= math.inf:"): "what is never due stays at the end of the heap",
    **{
        (
            "hub",
            "Hub._in_user_code",
            f"was_slow, began = member.is_slow, time.monotonic() if {rest}",
        ): "it is only asked for where it was slow"
        for rest in ("(member.is_slow) or True else 0.0", "member.is_slow else 1.0")
    },
    **{
        ("read_loop", "ReadLoop.__init__", line): _FALSY
        for line in (
            "self.registered = None",
            "self.is_slow = None",
            "self._fresh: Sequence[bytes] = None  # behind the backlog, which is empty then",
            "self._is_paused = None  # not read, for want of room",
            "self._is_broken = None  # there is nothing more to be had of the websocket",
            "self._has_ended = None  # nothing is emitted any more; `_emitting` is held",
            "self._is_closed = None",
        )
    },
    ("read_loop", "ReadLoop.__init__", "self.due = None"): "the first look replaces it",
    (
        "read_loop",
        "ReadLoop.__init__",
        'self._failure: Exception | None = ""  # the same, behind all that was read; the leader\'s',
    ): "`takes_turn` replaces it before anybody looks at it",
    ("read_loop", "ReadLoop.read", "batch: Sequence[bytes] = None"): _FALSY,
    (
        "read_loop",
        "ReadLoop.is_emitting",
        "return bool(None) or self._emitting.locked()",
    ): "whatever waits, somebody is at it, but for a moment",
    **{
        ("read_loop", "ReadLoop.give_up", line): "nobody asks any more"
        for line in ("self._is_broken = None", "self._is_broken = False")
    },
    ("read_loop", "ReadLoop.give_up", "if self.takes_turn(None):"): _FALSY,
    (
        "read_loop",
        "ReadLoop._emit_all",
        "if batch and self._backlog:",
    ): "it is looked once more behind it",
    (
        "read_loop",
        "ReadLoop._emit_all",
        "if not (self._has_more() and self._emitting.acquire(blocking=None)):",
    ): _FALSY,
    ("read_loop", "ReadLoop._linger", "if now > self._linger_until:"): _INSTANT,
    **{
        ("read_loop", "ReadLoop._linger", f"return math.inf if {rest}"): reason
        for rest, reason in (
            (
                "(self._linger_until < 0) and False else self._linger_until",
                "it is closed and forgotten",
            ),
            ("self._linger_until <= 0 else self._linger_until", "no instant is 0"),
            ("self._linger_until < 1 else self._linger_until", "no instant is so early"),
        )
    },
    **{
        ("websocket", f"WebSocket.{function}", line): _FALSY
        for function, line in (
            (
                "__init__",
                "self._unsent = None  # of a frame that has begun to leave; nothing else may come first",
            ),
            (
                "__init__",
                "self._behind = None  # whether bytes may have waited to be read for long",
            ),
            (
                "__init__",
                "self._in_hand = None  # whether what was read last is perhaps not dealt with yet",
            ),
            ("receive", "self._in_hand = None"),
            ("ping", "self._send_or_queue(client_frames(PING, [payload]), None)"),
        )
    },
    (
        "websocket",
        "WebSocket.send_close",
        "frame = client_frames(CLOSE, [code.to_bytes(2, )])",
    ): "it is the default, since Python 3.11",
    (
        "websocket",
        "WebSocket._send_or_queue",
        "if since is not None and time.monotonic() - since >= _WRITE_WITHIN:",
    ): _INSTANT,
    ("handover_timer", "HandoverTimer.__init__", "self._proof_by = +math.inf"): _SET,
    ("reconnection", "Reconnection._not_replaced", "self._try_again(error, down=None)"): _FALSY,
}
