# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The mapping language as trees: what an expression or a condition consists of, and how it is printed.

Printing gives the canonical text: parsed again it is the same tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PLAIN_CODE = re.compile(r"\w+(?:-\w+)*")
_BARE = re.compile(r"[\w.:/\[\]-]+(?: [\w.:/\[\]-]+)*")
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True, slots=True)
class Field:
    """An ordinary source field, by its lower-case name."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Datafield:
    """A free field.

    :param code: as written; compared without case
    :param takes_param: whether its param is meant instead of its content
    :param param: where given, only entries with this param count
    """

    code: str
    takes_param: bool = False
    param: str | None = None

    @property
    def name(self) -> str:
        """Its name among all the names of a source."""
        return f"datafields.{self.code}"

    def __str__(self) -> str:
        head = self.name if _PLAIN_CODE.fullmatch(self.code) else f"datafields[{quoted(self.code)}]"
        if self.param is not None:
            return f"{head}[{_bare_or_quoted(self.param)}]"
        return f"{head}.param" if self.takes_param else head


@dataclass(frozen=True, slots=True)
class Text:
    """A text in quotes."""

    value: str

    def __str__(self) -> str:
        return quoted(self.value)


Argument = tuple["str | None", str]
"""One literal of a converter: (name, text) for ``EE=et``, (None, text) otherwise."""


@dataclass(frozen=True, slots=True)
class Pipe:
    """``source | converter(arguments)``."""

    source: Expression
    converter: str
    arguments: tuple[Argument, ...] = ()

    def __str__(self) -> str:
        written = ", ".join(_argument(*argument) for argument in self.arguments)
        return f"{self.source} | {self.converter}" + (f"({written})" if written else "")


@dataclass(frozen=True, slots=True)
class Call:
    """``first(a, b)`` and the other functions of expressions."""

    function: str
    arguments: tuple[Expression, ...]

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


@dataclass(frozen=True, slots=True)
class When:
    """``when(condition, a, b)``."""

    condition: Condition
    then: Expression
    otherwise: Expression

    def __str__(self) -> str:
        return f"when({self.condition}, {self.then}, {self.otherwise})"


Path = Field | Datafield
Expression = Field | Datafield | Text | Pipe | Call | When


@dataclass(frozen=True, slots=True)
class Compare:
    """``left == 'text'``; ``!=``, ``<`` and ``>`` likewise."""

    left: Expression
    sign: str
    right: str

    def __str__(self) -> str:
        return f"{self.left} {self.sign} {quoted(self.right)}"


@dataclass(frozen=True, slots=True)
class Among:
    """``left in ['a', 'b']``."""

    left: Expression
    choices: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.left} in [{', '.join(map(quoted, self.choices))}]"


@dataclass(frozen=True, slots=True)
class Missing:
    """``missing(expression)``: absent or null; an empty text is not missing."""

    expression: Expression

    def __str__(self) -> str:
        return f"missing({self.expression})"


@dataclass(frozen=True, slots=True)
class Not:
    """``not condition``."""

    condition: Condition

    def __str__(self) -> str:
        return f"not {_grouped(self.condition)}"


@dataclass(frozen=True, slots=True)
class Every:
    """``a and b``."""

    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        return " and ".join(map(_grouped, self.conditions))


@dataclass(frozen=True, slots=True)
class Either:
    """``a or b``."""

    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        return " or ".join(f"({inner})" if isinstance(inner, Either) else str(inner) for inner in self.conditions)


Condition = Compare | Among | Missing | Not | Every | Either


def paths(tree: Expression | Condition) -> Iterator[Path]:
    """Yield every path a tree names, in the order it is written."""
    if isinstance(tree, (Field, Datafield)):
        yield tree
    else:
        for part in parts(tree):
            yield from paths(part)


def parts(tree: Expression | Condition) -> tuple[Expression | Condition, ...]:
    """Return the trees directly below a tree."""
    match tree:
        case Pipe(source=only) | Compare(left=only) | Among(left=only) | Missing(expression=only) | Not(condition=only):
            return (only,)
        case Call(arguments=several) | Every(conditions=several) | Either(conditions=several):
            return several
        case When():
            return (tree.condition, tree.then, tree.otherwise)
    return ()


def quoted(text: str) -> str:
    """Write a text in quotes, as the language reads it back."""
    return "'" + "".join(_ESCAPES.get(sign, sign) for sign in text) + "'"


def _bare_or_quoted(text: str) -> str:
    return text if _BARE.fullmatch(text) and not {"[", "]"} & set(text) else quoted(text)


def _argument(name: str | None, text: str) -> str:
    written = text if _BARE.fullmatch(text) else quoted(text)
    if name is None:
        return written
    return f"{name if _BARE.fullmatch(name) else quoted(name)}={written}"


def _grouped(inner: Condition) -> str:
    return f"({inner})" if isinstance(inner, (Every, Either)) else str(inner)
