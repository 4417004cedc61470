"""Text that drives no terminal and forges no line."""

from __future__ import annotations

import json
import sys
import unicodedata

from rxslack.core.printable import printable


def is_dangerous(character: str) -> bool:
    """As Unicode's own tables say it."""
    name = unicodedata.name(character, "")
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") or (
        unicodedata.category(character) == "Cf"
        and name.split()[0] in ("LEFT-TO-RIGHT", "RIGHT-TO-LEFT", "POP", "FIRST", "ARABIC")
        and name.split()[-1] in ("MARK", "EMBEDDING", "OVERRIDE", "ISOLATE", "FORMATTING")
        and name not in ("ARABIC NUMBER MARK", "ARABIC POUND MARK", "ARABIC PIASTRE MARK")
    )


def test_it_escapes_all_that_is_dangerous_and_nothing_else() -> None:
    every = [chr(code) for code in range(sys.maxunicode + 1)]
    changed = {character for character in every if printable(character) != character}
    assert changed == set(filter(is_dangerous, every))


def test_it_keeps_json_json() -> None:
    text = 'a\x7f\x9b\u2028\u202e\ud83d \\ " \n 🎉'
    line = printable(json.dumps({"text": text}, ensure_ascii=False))
    assert json.loads(line) == {"text": text}
    assert line.encode()
    assert "🎉" in line


def test_it_leaves_newlines_where_they_are_ours() -> None:
    assert printable("one\ntwo\r\n", lines=True) == "one\ntwo\\u000d\n"
    assert printable("one\ntwo") == "one\\u000atwo"


def test_it_keeps_emoji_that_are_joined() -> None:
    assert printable("👩‍💻\n", lines=True) == "👩‍💻\n"
