"""Code actions: the fixes of the diagnostics under the cursor, tried on the analysis thread; edits come on resolve."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

from lsprotocol import types

from ..diagnostics import Diagnostic, Fix, TextEdit
from ..features.fixes import fixes_for, ignore_fix
from ..features.source import Source
from ..interp.facts import Analysis
from ..limits import MAX_FIX_SECONDS
from .scheduler import Poll
from .session import Session
from .snapshot import Snapshot

_QUICK = types.CodeActionKind.QuickFix


async def offered(session: Session, params: types.CodeActionParams, *, resolves: bool) -> list[types.CodeAction]:
    """The actions for a range; nothing while the text is newer than what is known of it.

    `resolves`: whether the client asks for the edits later; else they are given at once."""
    only = params.context.only
    if only is not None and not any(str(_QUICK.value).startswith(str(getattr(kind, "value", kind))) for kind in only):
        return []
    uri = params.text_document.uri
    snapshot = await _current(session, uri)
    if snapshot is None:
        return []
    actions: list[types.CodeAction] = []
    for index, diagnostic in enumerate(snapshot.diagnostics):
        shown = session.converter.range(snapshot.source.lines, diagnostic.shown)
        if not _overlap(shown, params.range):
            continue
        fixes = await _fixes(session, snapshot, index)
        matching = [one for one in params.context.diagnostics if one.code == diagnostic.code and one.range == shown]
        for position, fix in enumerate(fixes):
            data = {"uri": uri, "version": snapshot.version, "diagnostic": index, "fix": position}
            action = types.CodeAction(fix.title, _QUICK, matching or None, fix.preferred or None, data=data)
            if not resolves:
                action.edit = session.converter.edits(fix.edits)
            actions.append(action)
    return actions


async def resolved(session: Session, action: types.CodeAction) -> types.CodeAction:
    """The action with its edits; without any if the text has changed meanwhile."""
    data = action.data
    if not isinstance(data, dict) or not {"uri", "version", "diagnostic", "fix"} <= data.keys():
        return action
    snapshot = await _current(session, data["uri"])
    if snapshot is None or snapshot.version != data["version"] or data["diagnostic"] >= len(snapshot.diagnostics):
        return action
    fixes = await _fixes(session, snapshot, data["diagnostic"])
    if 0 <= data["fix"] < len(fixes):
        action.edit = session.converter.edits(fixes[data["fix"]].edits)
    return action


async def _current(session: Session, uri: str) -> Snapshot | None:
    found = await session.snapshot(uri, patience=2.0)
    return found[0] if found is not None and found[1] is None else None


async def _fixes(session: Session, snapshot: Snapshot, index: int) -> Sequence[Fix]:
    """Worked out once a snapshot; the comment that ignores comes last."""
    known = snapshot.fixes.get(index)
    if known is None:
        diagnostic = snapshot.diagnostics[index]
        found = await session.run(partial(_try, session, snapshot, diagnostic))
        if found is None:
            return ()
        ignoring = ignore_fix(snapshot.source, diagnostic)
        known = snapshot.fixes[index] = (*found, *([ignoring] if ignoring is not None else ()))
    return known


def _try(session: Session, snapshot: Snapshot, diagnostic: Diagnostic, poll: Poll) -> tuple[Fix, ...]:
    """On the analysis thread."""
    engine, file = session.engine, snapshot.source.file
    deadline = time.monotonic() + MAX_FIX_SECONDS

    def source_of(name: str) -> Source | None:
        text = engine.read(name)
        return Source(name, text) if text is not None else None

    def reanalyse(edits: Sequence[TextEdit]) -> Analysis | None:
        return engine.reanalyse(file, edits, poll) if time.monotonic() < deadline else None

    return fixes_for(snapshot.analysis, snapshot.source, diagnostic, reanalyse, source_of)


def _overlap(a: types.Range, b: types.Range) -> bool:
    return (a.start.line, a.start.character) <= (b.end.line, b.end.character) and (b.start.line, b.start.character) <= (
        a.end.line,
        a.end.character,
    )
