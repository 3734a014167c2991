# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The messages of errors, read out of the source."""

from __future__ import annotations

import ast

from .pages import ROOT

PACKAGE = ROOT / "airflow_provider_marketsync"
# Makers of errors inside the modules that take the sentence, or a part of it, as an argument.
MAKERS = {"_wrong", "_error"}
PARTS = {"true or false", "a number above 0", "a whole number from 1 on"}
"""What ``_wrong`` of the transport takes: the end of a sentence that is found by itself."""
NOT_OURS = {"TypeError", "ValueError"}


def messages(*places):
    """Return (file, message) of every error raised below these folders or files; what is filled in shows as …."""
    found = []
    for place in places:
        path = PACKAGE / place
        for file in [path] if path.is_file() else sorted(path.glob("*.py")):
            found += [(file.name, text) for text in _in(ast.parse(file.read_text(encoding="utf-8")))]
    assert found
    return [pair for pair in found if pair[1] not in PARTS]


def strings(*places):
    """Return every text in the code of these folders, for messages that are not made where they are raised."""
    files = [file for place in places for file in (PACKAGE / place).glob("*.py")]
    trees = [ast.parse(file.read_text(encoding="utf-8")) for file in files]
    return [text for tree in trees for text in map(_text, ast.walk(tree)) if text]


def _in(tree):
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _makes_an_error(getattr(call.func, "id", "")):
            texts = [text for text in map(_text, call.args[:2]) if " " in text]
            yield from texts[:1]


def _makes_an_error(name):
    return name in MAKERS or (name.endswith("Error") and name not in NOT_OURS)


def _text(node):
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    return ""
