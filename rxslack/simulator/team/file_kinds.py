"""What Slack makes of a file by its kind: sizes, thumbnails, previews, and what a mail says."""

from __future__ import annotations

import email.policy
import struct
from email.message import EmailMessage
from email.utils import getaddresses
from html import escape
from typing import Final

from rxslack.simulator.team.text import Json

__all__ = ["fields_of_kind"]

_THUMBS: Final = (64, 80, 160, 360, 480, 720, 800, 960, 1024)  # pixels
_PREVIEW: Final = 400  # characters
_PAGE: Final = (935, 1210)  # pixels of the picture of a page
_OFFICE: Final = ("officedocument", "msword", "ms-excel", "ms-powerpoint", "opendocument")


def fields_of_kind(
    content: bytes, mimetype: str, *, url: str, page: str, transcript: str, is_clip: bool
) -> Json:
    """
    The fields of a file's object that only files of its kind have.

    Here every picture, thumbnail and conversion has the address of the file itself.

    Args:
        content: of the file.
        mimetype: by which the kind is known.
        url: of the file.
        page: of the file, for people.
        transcript: of what is said in it.
        is_clip: whether it was recorded in Slack.

    Source: docs.slack.dev/reference/objects/file-object; slackapi/java-slack-sdk json-logs.
    """
    kind = mimetype.partition("/")[0]
    if kind == "image":
        return _picture(content, mimetype, url)
    if kind in ("video", "audio"):
        return _recording(content, kind, url, transcript, is_clip=is_clip)
    if mimetype == "message/rfc822":
        return _mail(content)
    if kind == "text":
        return _text(content, page)
    thumb = {"thumb_pdf": url, "thumb_pdf_w": _PAGE[0], "thumb_pdf_h": _PAGE[1]}
    if mimetype == "application/pdf":
        return thumb
    return thumb | {"converted_pdf": url} if any(one in mimetype for one in _OFFICE) else {}


def _picture(content: bytes, mimetype: str, url: str) -> Json:
    width, height = _size(content)
    moves = mimetype == "image/gif"
    shown: Json = {"image_exif_rotation": 1, "original_w": width, "original_h": height}
    for size in _THUMBS:
        if size > 360 and size > max(width, height):
            break
        scale = min(1.0, size / max(width, height, 1))
        shown[f"thumb_{size}"] = url
        shown[f"thumb_{size}_w"] = max(1, int(width * scale))
        shown[f"thumb_{size}_h"] = max(1, int(height * scale))
        if moves:
            shown[f"thumb_{size}_gif"] = url
    if moves:
        shown |= {"thumb_gif": url, "deanimate": url, "deanimate_gif": url}
    if mimetype == "image/jpeg":
        shown["pjpeg"] = url
    return shown | {"thumb_tiny": "", "is_stranger": False}


def _size(content: bytes) -> tuple[int, int]:
    """Width and height of a PNG or a GIF; of others 1 by 1."""
    if content.startswith(b"\x89PNG") and len(content) >= 24:
        return struct.unpack(">II", content[16:24])
    if content.startswith(b"GIF8") and len(content) >= 10:
        return struct.unpack("<HH", content[6:10])
    return 1, 1


def _recording(content: bytes, kind: str, url: str, transcript: str, *, is_clip: bool) -> Json:
    length = _milliseconds(content)
    shown: Json = {
        "media_display_type": kind,
        "duration_ms": length,
        "transcription": {"status": "none"},
        "media_progress": {
            "offset_ms": 0,
            "max_offset_ms": 0,
            "duration_ms": length,
            "media_watched": False,
        },
    }
    if is_clip:
        shown["subtype"] = f"slack_{kind}"
    if kind == "video":
        shown |= {"mp4": url, "mp4_low": url, "hls": url, "hls_embed": url}
        shown |= {"thumb_video": url, "thumb_video_w": 640, "thumb_video_h": 360}
    if transcript:
        preview = {"content": transcript[:_PREVIEW], "has_more": len(transcript) > _PREVIEW}
        shown |= {
            "vtt": url,
            "transcription": {"status": "complete", "locale": "en-US", "preview": preview},
        }
    return shown


def _milliseconds(content: bytes) -> int:
    """How long an MP4 is, by its movie header; 0 for what has none. Source: ISO/IEC 14496-12, `mvhd`."""
    at = content.find(b"mvhd")
    if at < 0 or len(content) < at + 24 or content[at + 4]:
        return 0
    scale, length = struct.unpack(">II", content[at + 16 : at + 24])
    return 1000 * length // scale if scale else 0


def _mail(content: bytes) -> Json:
    """A mail, as people forward one to Slack."""
    mail = email.message_from_bytes(content, policy=email.policy.default)
    text = _body(mail)
    return {
        "mode": "email",
        "filetype": "email",
        "pretty_type": "Email",
        "subject": str(mail["subject"] or ""),
        "from": _people(mail, "from"),
        "to": _people(mail, "to"),
        "cc": _people(mail, "cc"),
        "headers": {
            name.replace("-", "_"): str(mail[name] or "")
            for name in ("date", "in-reply-to", "reply-to", "message-id")
        },
        "plain_text": text,
        "preview": text[:_PREVIEW],
        "preview_plain_text": text[:_PREVIEW],
        "simplified_html": f"<div>{escape(text)}</div>",
        "has_more": len(text) > _PREVIEW,
        "original_attachment_count": len([*mail.iter_attachments()]),
        "attachments": list[Json](),
        "sent_to_self": False,
    }


def _body(mail: EmailMessage) -> str:
    """What it says; "" when it is in no charset that Python knows."""
    body = mail.get_body(("plain", "html"))
    try:
        return "" if body is None else str(body.get_content()).strip()
    except (LookupError, ValueError):
        return ""


def _people(mail: EmailMessage, name: str) -> list[Json]:
    values = [str(value) for value in mail.get_all(name, [])]
    return [
        {"name": who, "address": address, "original": f"{who} <{address}>" if who else address}
        for who, address in getaddresses(values)
    ]


def _text(content: bytes, page: str) -> Json:
    text = content.decode("utf-8", "replace")
    preview, lines = text[:_PREVIEW], text.count("\n") + 1
    return {
        "mode": "snippet",
        "editable": True,
        "edit_link": f"{page}/edit",
        "preview": preview,
        "preview_highlight": f'<div class="CodeMirror">{preview}</div>',
        "preview_is_truncated": len(text) > _PREVIEW,
        "has_more": len(text) > _PREVIEW,
        "lines": lines,
        "lines_more": max(0, lines - preview.count("\n") - 1),
    }
