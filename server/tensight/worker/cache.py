"""Answers of PyTorch, in memory and on disk: facts about one version of it, only ever added to.

A file that is damaged, or of which a line is, is read as far as it can be understood; without a folder, or when it
cannot be written, answers are kept in memory alone."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping

from .. import limits
from .wire import Json, NotPlain, check_answer

#: Changes with the meaning of a line.
FORMAT = 1
_KINDS = frozenset({"value", "refused", "none"})


def check(answer: Json) -> None:
    """Raise NotPlain unless this is an answer to one point."""
    if not isinstance(answer, dict) or len(answer) != 1 or not answer.keys() <= _KINDS:
        raise NotPlain(answer)
    ((kind, value),) = answer.items()
    if kind != "value":
        if not isinstance(value, str):
            raise NotPlain(answer)
        return
    check_answer(value)


class Answers:
    """Text of a question → its answer."""

    def __init__(self, folder: str | None, version: str) -> None:
        self._known: dict[str, Json] = {}
        self._path: str | None = None
        if folder is not None:
            name = re.sub(r"[^A-Za-z0-9._+-]", "_", version)[:80]
            self._path = os.path.join(folder, f"torch-{name}-{FORMAT}.jsonl")
            self._load(self._path)

    def __len__(self) -> int:
        return len(self._known)

    def get(self, question: str) -> Json:
        """The answer; None if there is none yet."""
        return self._known.get(question)

    def add(self, answers: Mapping[str, Json]) -> None:
        """Keep new answers, on disk too."""
        self._known.update(answers)
        self._append("".join(json.dumps([question, answer]) + "\n" for question, answer in answers.items()))

    def forget(self, answers: Mapping[str, Json]) -> None:
        """Keep answers in memory only: what one run could not find out says nothing about the next."""
        self._known.update(answers)

    def _load(self, path: str) -> None:
        try:
            if os.path.getsize(path) > limits.MAX_ANSWERS_FILE:
                os.remove(path)
                return
            with open(path, encoding="utf-8", errors="replace") as file:
                for line in file:
                    self._read(line)
        except OSError:
            pass

    def _read(self, line: str) -> None:
        try:
            entry = json.loads(line)
            if isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str):
                check(entry[1])
                self._known[entry[0]] = entry[1]
        except (ValueError, NotPlain, RecursionError):
            pass

    def _append(self, text: str) -> None:
        """One write: other processes may be adding to the file, too. A line that was cut off is ended first."""
        if self._path is None:
            return
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            with open(self._path, "ab+") as file:
                size = file.seek(0, os.SEEK_END)
                if size > limits.MAX_ANSWERS_FILE:
                    return
                if size:
                    file.seek(size - 1)
                    if file.read(1) != b"\n":
                        text = "\n" + text
                file.write(text.encode("utf-8"))
        except OSError:
            self._path = None
