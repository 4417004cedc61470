"""Secrets out of a text, whatever the text is: a recording's line, a log's, a picture's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

__all__ = ["each_masked", "masked", "may_hold_secret"]

# A slash and a quotation mark as JSON, JSON inside JSON, forms and HTML write them. No quantifier
# here gives back what it took, or it is bounded: no text takes more than linear time.
_SLASH: Final = r"(?:\\*+/|%2[Ff])"
_QUOTE: Final = r"""(?:\\*+["']|%2[27]|&quot;|&\#0?3[49];|&\#[xX]2[27];)"""
_REST: Final = r"""(?:[^"'\s\\<>|&%]|\\++/|%(?!2[27]))"""  # of an address, or of a field of a form
_SPACE: Final = r"(?:\s|%20|\+)*+"

_NAMES: Final = (  # a key is secret whose name is, or ends in, one of these
    *("authorization", "interactivity_pointer", "password", "permalink_public", "response_url"),
    *("secret", "signature", "ticket", "token", "trigger_id", "upload_url"),
)
_NAME: Final = "|".join(_NAMES)
_VALUE: Final = (
    rf"""
    (?P<quoted>{_QUOTE}?+{_SPACE}(?:[:=]|%3[AaDd]){_SPACE}b?+(?P<opening>{_QUOTE}))
    | (?P<field>(?:=|%3[Dd])(?={_REST})){_REST}++
    | (?P<header>(?<=(?i:authorization))(?:&[\#\w]{{2,6}};|[^\w&]){{1,16}}+
        (?i:bearer|basic|digest|negotiate|ntlm)\s++)[^\s"'\\&<>]++
    """,
    re.VERBOSE | re.ASCII,
)
_MARK: Final = r"""(?<!\\)(?P<escape>\\*+)(?P<mark>["'])|\n"""

_ADDRESSES: Final = (  # what each has in it, in lower case, as `in` is faster; how it looks; how then
    (
        ("xox", "xapp-", "xwfp-"),
        (r"(xox[a-z]|xapp|xwfp)(?:\.xox[a-z])?-(?:[\w%+/=.-]|\\++/)++", re.ASCII),
        r"\1-***",
    ),
    (
        ("ws:", "wss:", "ws%", "wss%"),
        (rf"([Ww][Ss]{{1,2}})(?::|%3[Aa]){_SLASH}{{2}}(?:{_REST}|&)++", 0),
        r"\1://***",
    ),
    (
        ("hooks.slack", "slack-files", "upload"),
        (
            rf"((?:hooks\.slack(?:-gov|-mil)?\.com|slack-files(?:-gov)?\.com)(?::\d++)?{_SLASH}"
            rf"|upload{_SLASH}v1{_SLASH}){_REST}++",
            re.IGNORECASE,
        ),
        r"\1***",
    ),
    (
        ("@",),
        (rf"""((?::|%3[Aa]){_SLASH}{{2}})(?:[^/"'\s\\<>|@]*+@)++""", 0),
        r"\1***@",
    ),
)
_KEPT: Final = (
    "-_abcfgknoprtvwxz"  # few, so that little is left of a text, and names can be told apart
)
_DROPPED: Final = bytes(byte for byte in range(256) if chr(byte).lower() not in _KEPT)
_LOWER: Final = bytes(range(256)).lower()
# The one letter that is in ASCII only when it is in lower case.
_KELVIN: Final = "\N{KELVIN SIGN}".encode()
_ASCII_LOWER: Final = {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}


def _remains() -> Iterator[bytes]:
    """What remains of the names, and of what tokens begin with, but for what holds another of these."""
    found = [hint.encode().translate(None, _DROPPED) for hint in (*_NAMES, *_ADDRESSES[0][0])]
    for one in found:
        if not any(other in one for other in found if other != one):
            yield one


_REMAINS: Final = tuple(_remains())
_HINTS: Final = tuple(hint.encode() for hints, *_ in _ADDRESSES[1:] for hint in hints)


def may_hold_secret(text: bytes) -> bool:
    """
    Whether `masked` has to look at a text in UTF-8; where not, it would leave it as it is.

    What is in the text is in what remains of both once some letters are dropped. So the many searches for a
    name go through a third of it, and that they find nothing is all that is needed.

    >>> may_hold_secret(b'{"text": "Hello everyone"}'), may_hold_secret(b'{"bot_Token": 1}')
    (False, True)
    """
    find = text.translate(
        _LOWER, _DROPPED
    ).find  # `in` of bytes takes a number first, and fails at that
    for one in _REMAINS:
        if find(one) >= 0:
            return True
    # All but tokens have slashes in them, of which most texts have none.
    if text.find(b"/") >= 0 or (text.find(b"%") >= 0 and text.find(b"%2") >= 0):
        find = text.lower().find
        for hint in _HINTS:
            if find(hint) >= 0:
                return True
    return not text.isascii() and text.find(_KELVIN) >= 0


def each_masked(texts: list[bytes]) -> list[bytes]:
    """What `masked` makes of each of some texts in UTF-8, in less time."""
    if not may_hold_secret(b"\n".join(texts)):
        return texts
    return [masked(text.decode()).encode() if may_hold_secret(text) else text for text in texts]


def masked(text: str) -> str:
    """
    The text with every secret of Slack's replaced by stars; JSON stays JSON.

    Secrets are tokens, websocket addresses (whose ticket opens a connection), webhooks, addresses
    to upload to and of public files, logins inside addresses and headers, and the values of keys
    that end in token, ticket, secret, signature, password, response_url, trigger_id and a few more.
    They are known in JSON, also when it is torn or stands in a string of JSON, in Python's `repr`,
    in forms, in headers, and in what a page of HTML quotes of these.

    >>> masked('{"text": "use xoxb-test", "token": "abc", "url": "wss://wss.slack.com/?ticket=1"}')
    '{"text": "use xoxb-***", "token": "***", "url": "wss://***"}'

    Source: docs.slack.dev/authentication/tokens (their prefixes);
        docs.slack.dev/messaging/sending-messages-using-incoming-webhooks ("keep it secret").
    """
    if not may_hold_secret(text.encode("utf-8", "surrogatepass")):
        return text
    lower = _lower(text)
    for name in _NAMES:
        if name in lower:
            text = _without_values(text, lower)
            break
    # All but tokens have slashes in them, of which most texts have none.
    found = _ADDRESSES if "/" in lower or "%2f" in lower else _ADDRESSES[:1]
    for hints, pattern, stars in found:
        for hint in hints:
            if hint in lower:
                text = _compiled(*pattern).sub(stars, text)
                break
    return text


@cache  # each when it is first met, which in most programs is never
def _compiled(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


def _lower(text: str) -> str:
    """In lower case, each letter where it was: one of Unicode's becomes two."""
    lower = text.lower()
    return lower if len(lower) == len(text) else text.translate(_ASCII_LOWER)


def _without_values(text: str, lower: str) -> str:
    parts: list[str] = []
    done = 0
    value_of = _compiled(*_VALUE).match
    for name in _compiled(_NAME).finditer(lower):
        if name.start() >= done and (value := value_of(text, name.end())):
            kept = value.end(value.lastgroup or 0)
            parts += text[done:kept], "***"
            opening = value["opening"]
            done = value.end() if opening is None else _closing(text, kept, opening)
    return "".join((*parts, text[done:]))


def _closing(text: str, start: int, opening: str) -> int:
    r"""
    Where a quoted value ends: before its closing mark, or where the text around it ends.

    How deep a mark stands inside strings of strings is told by the backslashes before it: none and
    2 (a backslash, and a mark) are a string's own, 1 and 5 (`\\\\\"`) that of a string inside, 3 and
    11 that of one inside that. In binary it is the number of ones at the end.
    """
    if opening[-1] not in "\"'":
        end = text.find(opening, start)
        return len(text) if end < 0 else end
    depth = len(opening).bit_length() - 1  # of 0, 1, 3, 7 backslashes and a mark
    for found in _compiled(_MARK).finditer(text, start):
        mark, run = found["mark"], len(found["escape"] or "")
        if mark is None:
            return found.start()
        level = (~run & (run + 1)).bit_length() - 1
        if level <= depth and mark in (opening[-1], '"'):
            return found.end() - (1 << level)
    return len(text)
