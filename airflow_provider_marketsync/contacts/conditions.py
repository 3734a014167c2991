# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Conditions as they stand in a definition: a text, or a map all of which must hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.contacts.comparisons import comparable, kind_of
from airflow_provider_marketsync.contacts.expressions import Among, Compare, Condition, Every, Expression
from airflow_provider_marketsync.contacts.parser import parse_condition, parse_expression
from airflow_provider_marketsync.contacts.reading import read_text, read_tree
from airflow_provider_marketsync.contacts.tree import Node

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.problems import Problems


def read_condition(node: Node, problems: Problems) -> Condition | None:
    """Read a condition; ``{closed: 0, country: [EE, LV]}`` is ``closed == 0 and country in ['EE', 'LV']``."""
    if not isinstance(node.value, dict):
        return read_tree(node, problems, parse_condition)
    if not node.value:
        problems.add(node.place, "the map is empty; name a field, or remove the key")
    read = [_test(name, wanted, problems) for name, wanted in node.value.items()]
    tests = tuple(test for test in read if test is not None)
    return tests[0] if len(tests) == 1 else Every(tests)


def _test(name: str, wanted: Node, problems: Problems) -> Condition | None:
    left = read_tree(Node(name, wanted.place), problems, parse_expression)
    if isinstance(wanted.value, list):
        if not wanted.value:
            problems.add(wanted.place, "the list is empty, so the condition could never hold")
        choices = [_literal(left, choice, problems) for choice in wanted.value]
        return Among(left, tuple(choice for choice in choices if choice is not None)) if left else None
    right = _literal(left, wanted, problems)
    return Compare(left, "==", right) if left and right is not None else None


def _literal(left: Expression | None, node: Node, problems: Problems) -> str | None:
    # Unlike elsewhere an empty text has a meaning here: the field is there and empty.
    text = "" if node.value == "" else read_text(node, problems)
    if text is None or left is None:
        return None
    fitting = comparable(text, kind_of(left))
    if fitting is None:
        problems.add(node.place, f'"{text}" is no {kind_of(left)}, so the condition could never hold')
    return fitting
