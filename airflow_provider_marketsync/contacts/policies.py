# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``new_contacts``: what happens to people who are new, line by line, each with its reason (rule 1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.contacts.conditions import read_condition
from airflow_provider_marketsync.contacts.consent import NewContact, Stated
from airflow_provider_marketsync.contacts.keys import Key, unknown_key
from airflow_provider_marketsync.contacts.model import PolicyEntry
from airflow_provider_marketsync.contacts.problems import Problems, nearest
from airflow_provider_marketsync.contacts.reading import read_text

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.tree import Node

_STATES = {state.value: state for state in Stated}
_ACTIONS = {action.value: action for action in NewContact if action is not NewContact.DOUBLE_OPT_IN}


def read_policies(node: Node, problems: Problems) -> tuple[PolicyEntry, ...]:
    """Read one word, a map of all four states, or a list of maps whose last one names all four."""
    if isinstance(node.value, dict):
        return (_fallback(node, problems),)
    if not isinstance(node.value, list):
        return (_one_word(node, problems),)
    if not node.value:
        problems.add(node.place, "the list is empty; name granted, pending, unknown and withdrawn")
        return ()
    *refinements, last = node.value
    return (*(_refinement(entry, problems) for entry in refinements), _fallback(last, problems))


def _one_word(node: Node, problems: Problems) -> PolicyEntry:
    action = _action(node, problems)
    if action is None:
        return PolicyEntry({})
    # "subscribe" for all can not mean those who said no: nothing lifts an opt-out but rule 4.
    refused = NewContact.SKIP if action is NewContact.SUBSCRIBE else action
    return PolicyEntry({state: refused if state is Stated.WITHDRAWN else action for state in Stated})


def _fallback(node: Node, problems: Problems) -> PolicyEntry:
    states = _states(node, problems)
    given = node.value if isinstance(node.value, dict) else {}
    for name in ("when", "basis"):
        if name in given:
            problems.add(given[name].place, f"the last entry holds for everybody else and has no {name}")
    absent = [name for name in _STATES if name not in given]
    if absent:
        problems.add(node.place, f"names no {' and no '.join(absent)}; say what happens to new people in each state")
    return PolicyEntry(states)


def _refinement(node: Node, problems: Problems) -> PolicyEntry:
    states = _states(node, problems)
    given = node.value if isinstance(node.value, dict) else {}
    when = read_condition(given["when"], problems) if "when" in given else None
    basis = read_text(given["basis"], problems) if "basis" in given else None
    for name, cure in (("when", "only the last entry has none"), ("basis", "name the reason in a few words")):
        if name not in given:
            problems.add(node.place, f"has no {name}; {cure}")
    if not given.keys() & _STATES.keys():
        problems.add(node.place, "names no state; name some of granted, pending, unknown, withdrawn")
    return PolicyEntry(states, None if when is None else str(when), basis)


def _states(node: Node, problems: Problems) -> dict[Stated, NewContact]:
    if not isinstance(node.value, dict):
        problems.add(node.place, "must be a map naming granted, pending, unknown and withdrawn")
        return {}
    for name in [name for name in node.value if name not in _NAMES]:
        problems.add(node.value[name].place, unknown_key(name, _NAMES))
    read = {state: _state(node.value[name], state, problems) for name, state in _STATES.items() if name in node.value}
    return {state: action for state, action in read.items() if action is not None}


def _state(node: Node, state: Stated, problems: Problems) -> NewContact | None:
    action = _action(node, problems)
    if state is Stated.WITHDRAWN and action is NewContact.SUBSCRIBE:
        problems.add(node.place, "who said no is never subscribed; write skip or create_unsubscribed")
    return action


def _action(node: Node, problems: Problems) -> NewContact | None:
    word = read_text(node, problems)
    if word == NewContact.DOUBLE_OPT_IN.value:
        problems.add(node.place, f"double_opt_in is not built yet in this version; write one of {', '.join(_ACTIONS)}")
    elif word is not None and word not in _ACTIONS:
        cure = nearest(word, _ACTIONS) or f"; write one of {', '.join(_ACTIONS)}"
        problems.add(node.place, f'unknown word "{word}"{cure}')
    return _ACTIONS.get(word or "")


POLICY_KEYS = (
    Key("when", "condition", None, "for whom the entry holds; the last entry has none", read_condition),
    Key("basis", "text", None, "the reason, beside when: it stands in every report", read_text),
    Key("granted", "word", None, "for new people whose card says yes", _action),
    Key("pending", "word", None, "for new people who were asked and have not answered", _action),
    Key("unknown", "word", None, "for new people of whom nothing is known", _action),
    Key("withdrawn", "word", None, "for new people who said no: skip or create_unsubscribed", _action),
)
"""Keys of one entry of ``new_contacts``."""

_NAMES = {key.name: key for key in POLICY_KEYS}
