"""The project as the server drives it: documents, settings and environment in, analyses and fixes out.

Everything here runs on the analysis thread, but for `settings` and `problems`, which are replaced as a whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

from ..caches import user_cache
from ..diagnostics import TextEdit
from ..features.trial import read, trial
from ..interp.facts import Analysis
from ..project.environment import NO_ENVIRONMENT, Environment, choose
from ..project.project import Project
from ..project.roots import project_root
from ..project.settings import EditorOptions, Settings, combine, read_pyproject
from ..worker import TorchOracle, command_of, torch_version
from .documents import Text
from .scheduler import Poll


class Engine:
    """One project for all workspace folders of the client."""

    def __init__(self, answered: Callable[[], None] = lambda: None) -> None:
        """`answered` is called on any thread when PyTorch can answer what it could not before."""
        self._answered = answered
        self._oracle: TorchOracle | None = None
        self._asked: tuple[str, str] | None = None
        self.options = EditorOptions()
        self.roots: tuple[str, ...] = ()
        self.settings: Settings = self.options.settings
        self.environment: Environment = NO_ENVIRONMENT
        self.problems: tuple[str, ...] = ()
        self._texts: dict[str, Text] = {}
        self._project = Project()

    def configure(self, options: EditorOptions, roots: Sequence[str], problems: Sequence[str] = ()) -> None:
        """Take the client's options and folders; pyproject.toml and the environment are read again."""
        found = list(problems)
        settings = options.settings
        for root in roots:
            own, wrong = read_pyproject(root)
            settings = combine(own, settings)
            found += wrong
        self.options, self.roots, self.settings = options, tuple(roots), settings
        self.environment = choose(options.python or settings.python, roots)
        if self.environment.problem:
            found.append(self.environment.problem)
        self.problems = tuple(found)
        self._choose_oracle()
        self._project.reconfigure(
            roots=roots,
            settings=settings,
            environment=self.environment,
            oracle=self._oracle,
            extra_paths=options.extra_paths,
        )

    def _choose_oracle(self) -> None:
        """The PyTorch of the environment: none in an untrusted workspace, the one before if nothing changed."""
        python, version = self.environment.python, torch_version(self.environment.paths)
        wanted = None
        if self.options.trusted and self.settings.worker and python is not None and version is not None:
            wanted = python, version
        if wanted == self._asked:
            return
        if self._oracle is not None:
            self._oracle.close()
        self._oracle, self._asked = None, wanted
        if wanted is not None:
            self._oracle = TorchOracle(command_of(wanted[0]), wanted[1], user_cache(), answered=self._answered)

    def answered(self) -> None:
        """PyTorch can answer now: analyses that were made without its answers are not kept."""
        self._project.answered()

    def open(self, file: str, text: Text) -> None:
        """A document was opened or changed."""
        self._texts[file] = text
        self._project.open(file, text.text, text.version)
        if not any(_inside(file, root) for root in self.roots):
            self.configure(self.options, (*self.roots, project_root(os.path.dirname(file))))

    def close(self, file: str) -> None:
        self._texts.pop(file, None)
        self._project.close(file)

    def text(self, file: str) -> Text | None:
        """What `analyse` reads of an open document."""
        return self._texts.get(file)

    def affected(self, files: Sequence[str]) -> tuple[str, ...]:
        """The open files that have to be analysed again when these change."""
        return self._project.affected(files)

    def is_excluded(self, file: str) -> bool:
        return self._project.is_excluded(file)

    def analyse(self, file: str, poll: Poll) -> Analysis:
        """The analysis of an open file; raises Cancelled through `poll`, Unreadable."""
        return self._project.analyse(file, poll)

    def reanalyse(self, file: str, edits: Sequence[TextEdit], poll: Poll) -> Analysis | None:
        """The analysis of `file` as if the edits were made; None if a file of theirs cannot be read."""
        texts = {name: text.text for name, text in self._texts.items()}
        return trial(self._project, edits, lambda project: project.analyse(file, poll), texts)

    def read(self, file: str) -> str | None:
        """The text of a file as it stands: opened, else on the disk."""
        text = self._texts.get(file)
        return text.text if text is not None else read(file)


def _inside(file: str, root: str) -> bool:
    return file.startswith(root.rstrip(os.sep) + os.sep)
