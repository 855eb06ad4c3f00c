"""Bytes of a source file → text, as Python reads them (PEP 263), and text → lines, as Python counts them."""

from __future__ import annotations

import codecs
import re


class UndecodableSource(ValueError):
    """The bytes are not Python source; the text is a sentence for the user."""


#: Bytes looked at to tell a binary file; text files have no NUL there.
_HEAD = 1024
_NEWLINE = re.compile(r"\r\n|\r|\n")
_SURROGATE = re.compile("[\ud800-\udfff]")


def decode(data: bytes) -> str:
    """The text of a source file, without a byte order mark; raises UndecodableSource."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise UndecodableSource("the file is in UTF-16; Python reads UTF-8")
    if b"\0" in data[:_HEAD]:
        raise UndecodableSource("the file is binary, not Python source")
    first_lines = data[:400]
    if b"coding" in b"\n".join(first_lines.replace(b"\r", b"\n").split(b"\n")[:3]):
        encoding = _declared(data)
    else:
        encoding = "utf-8-sig"
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = "utf-8" if encoding == "utf-8-sig" else encoding
        line = data.count(b"\n", 0, error.start) + 1
        message = f"the file is not encoded in {name}: byte {data[error.start]:#04x} in line {line}"
        raise UndecodableSource(message) from None
    except LookupError:
        raise UndecodableSource(f"the file declares an encoding that is not for text: {encoding}") from None


def _declared(data: bytes) -> str:
    import io
    import tokenize

    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        raise UndecodableSource(str(error.msg)) from None
    return encoding


def split_lines(text: str) -> list[str]:
    """The lines as the Python tokenizer and editors count them: only CR LF, CR and LF end one."""
    if "\r" not in text:
        return text.split("\n")
    return _NEWLINE.split(text)


def clean(text: str) -> str:
    """`text` with what the parser refuses outright replaced one for one, so that all columns stay."""
    if text.startswith("\ufeff"):
        text = text[1:]
    if text.isascii():
        return text.replace("\0", " ") if "\0" in text else text
    text = text.replace("\0", " ")
    return _SURROGATE.sub("\ufffd", text)
