# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Reads YAML so that what is written is what is meant: scalars stay text, no key comes twice, lines are known."""

from __future__ import annotations

from typing import Any

import yaml

from airflow_provider_marketsync.contacts.problems import Place, Problems
from airflow_provider_marketsync.contacts.tree import Node


def from_yaml(text: str, problems: Problems) -> Node:
    """Read YAML in which every plain scalar is text; a key that comes twice is a problem.

    :param text: the file's content
    :param problems: takes what is wrong
    :raises DefinitionError: the text is no YAML, or no map, so that there is nothing to read on
    """
    try:
        top = yaml.compose(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        problems.add(Place("", _line_of(error)), f"this is no YAML: {_told_by(error)}")
        top = None
    else:
        if not isinstance(top, yaml.MappingNode):
            problems.add(Place(""), "the file must hold a map of keys (id, source, target, mapping, new_contacts, ...)")
    problems.raise_any()
    return _YamlReader(problems).read(top, Place("", 1))


def _line_of(error: yaml.YAMLError) -> int | None:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark else None


def _told_by(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or error)


class _YamlReader:
    """Turns PyYAML's nodes into ours."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._met: set[int] = set()

    def read(self, node: Any, place: Place) -> Node:
        if id(node) in self._met:
            self._problems.add(place, "YAML anchors (&name, *name) are not read here; write the value out")
            return Node(None, place)
        self._met.add(id(node))
        if isinstance(node, yaml.MappingNode):
            return Node(self._map(node, place), place)
        if isinstance(node, yaml.SequenceNode):
            entries = enumerate(node.value)
            return Node([self.read(inner, place.at(index, _line(inner))) for index, inner in entries], place)
        return Node(node.value, place)

    def _map(self, node: Any, place: Place) -> dict[str, Node]:
        read: dict[str, Node] = {}
        for key, value in node.value:
            inner = place.down(str(key.value), _line(key))
            if not isinstance(key, yaml.ScalarNode):
                self._problems.add(place, "a key must be text")
            elif key.value in read:
                first = read[key.value].place.line
                self._problems.add(inner, f"the key stands here a second time; the first is on line {first}")
            else:
                read[key.value] = self.read(value, inner)
        return read


def _line(node: Any) -> int:
    return int(node.start_mark.line) + 1
