# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The grammar of the mapping language.

::

    expression = primary { "|" converter [ "(" literal { "," literal } ")" ] }
    primary    = path | quoted | first(...) | join("sep", ...) | const("x") | default(a, b) | when(condition, a, b)
    path       = name | "datafields" ( "." code | "[" quoted "]" ) [ ".param" | "[" param "]" ]
    condition  = every { "or" every }
    every      = test { "and" test }
    test       = "not" test | "(" condition ")" | "missing" "(" expression ")"
               | expression ( "==" | "!=" | "<" | ">" ) literal | expression "in" "[" literal { "," literal } "]"

``|`` binds tighter than ``,`` and than any comparison. Arguments of functions are expressions, those of converters
are literals.
"""

from __future__ import annotations

from airflow_provider_marketsync.contacts.comparisons import parse_comparison
from airflow_provider_marketsync.contacts.converter_registry import converter_names, find_converter
from airflow_provider_marketsync.contacts.expressions import (
    Argument,
    Call,
    Condition,
    Datafield,
    Either,
    Every,
    Expression,
    Field,
    Missing,
    Not,
    Path,
    Pipe,
    Text,
    When,
)
from airflow_provider_marketsync.contacts.problems import nearest
from airflow_provider_marketsync.contacts.record import DATAFIELDS
from airflow_provider_marketsync.contacts.scanner import Scanner

_FUNCTIONS = {
    "first": "first(a, b, ...)",
    "join": 'join("separator", a, b, ...)',
    "const": 'const("text")',
    "default": 'default(a, "text")',
    "when": "when(condition, a, b)",
}
_KEYWORDS = frozenset(("and", "or", "not", "in"))


def parse_expression(text: str) -> Expression:
    """Parse a mapping's expression.

    :raises ExpressionError: it is wrong; the message points at the place
    """
    scanner = Scanner(text)
    tree = _expression(scanner)
    _at_end(scanner, 'a comma, "|" or the end')
    return tree


def parse_condition(text: str) -> Condition:
    """Parse a condition in its text form.

    :raises ExpressionError: it is wrong; the message points at the place
    """
    scanner = Scanner(text)
    tree = _condition(scanner)
    _at_end(scanner, '"and", "or" or the end')
    return tree


def parse_path(text: str) -> Path:
    """Parse a path alone, without converters.

    :raises ExpressionError: it is wrong, or more than a path
    """
    scanner = Scanner(text)
    path = _path(scanner)
    _at_end(scanner, "a path alone (a field, datafields.CODE or datafields.CODE.param)")
    return path


def _at_end(scanner: Scanner, expected: str) -> None:
    if not scanner.at_end:
        scanner.fail(f"expected {expected} here")


def _expression(scanner: Scanner) -> Expression:
    tree = _primary(scanner)
    while scanner.takes("|"):
        tree = _pipe(scanner, tree)
    return tree


def _primary(scanner: Scanner) -> Expression:
    text = scanner.quoted()
    if text is not None:
        return Text(text)
    start, word = scanner.position, scanner.next_word()
    if word and scanner.text[start + len(word) :].lstrip().startswith("("):
        return _function(scanner)
    return _path(scanner)


def _function(scanner: Scanner) -> Expression:
    start, name = scanner.position, scanner.word() or ""
    if name not in _FUNCTIONS:
        scanner.fail(_no_function(name), start)
    scanner.needs("(", name)
    if name == "when":
        return _when(scanner)
    arguments = [_expression(scanner)]
    while scanner.takes(","):
        arguments.append(_expression(scanner))
    scanner.needs(")", f"the arguments of {name}")
    return _checked_call(scanner, start, name, tuple(arguments))


def _no_function(name: str) -> str:
    if name in converter_names():
        return f'"{name}" is a converter; write it after a bar: a | {name}(...)'
    return f'unknown function "{name}"{nearest(name, _FUNCTIONS)}'


def _when(scanner: Scanner) -> When:
    condition = _condition(scanner)
    scanner.needs(",", "the condition of when")
    then = _expression(scanner)
    scanner.needs(",", "the second argument of when")
    otherwise = _expression(scanner)
    scanner.needs(")", "the arguments of when")
    return When(condition, then, otherwise)


def _checked_call(scanner: Scanner, start: int, name: str, arguments: tuple[Expression, ...]) -> Call:
    count, head_is_text = len(arguments), isinstance(arguments[0], Text)
    fits = {
        "first": count >= 2,
        "join": count >= 3 and head_is_text,
        "const": count == 1 and head_is_text,
        "default": count == 2,
    }
    if not fits[name]:
        scanner.fail(f"write it as {_FUNCTIONS[name]}", start)
    return Call(name, arguments)


def _pipe(scanner: Scanner, source: Expression) -> Pipe:
    start, name = scanner.position, scanner.word()
    if name is None:
        scanner.fail('expected a converter after "|"')
    try:
        converter = find_converter(name)
        if converter is None:
            scanner.fail(_no_converter(name), start)
        arguments = _arguments(scanner, name)
        converter.build(arguments)
    except ValueError as error:
        scanner.fail(str(error), start)
    return Pipe(source, name, arguments)


def _no_converter(name: str) -> str:
    if name in _FUNCTIONS:
        return f'"{name}" is a function; write {_FUNCTIONS[name]}'
    return f'unknown converter "{name}"{nearest(name, converter_names())}'


def _arguments(scanner: Scanner, name: str) -> tuple[Argument, ...]:
    if not scanner.takes("("):
        return ()
    arguments = [_argument(scanner, name)]
    while scanner.takes(","):
        arguments.append(_argument(scanner, name))
    scanner.needs(")", f"the arguments of {name}")
    return tuple(arguments)


def _argument(scanner: Scanner, name: str) -> Argument:
    head = _literal(scanner, name)
    return (head, _literal(scanner, name)) if scanner.takes("=") else (None, head)


def _literal(scanner: Scanner, name: str) -> str:
    text = scanner.literal()
    if text is None:
        scanner.fail(f"expected a text here, an argument of {name}; write '' for an empty one")
    return text


def _path(scanner: Scanner) -> Path:
    start, name = scanner.position, scanner.word()
    if name is None:
        scanner.fail("expected a field here")
    if name[0].isdigit():
        scanner.fail(f"a field's name does not begin with a digit; write '{name}' if a text is meant", start)
    if name in _KEYWORDS:
        scanner.fail(f'"{name}" can not stand here', start)
    if name.lower() == DATAFIELDS:
        return _datafield(scanner)
    if scanner.sees(".") or scanner.sees("["):
        scanner.fail(f'only datafields have parts; "{name}" is an ordinary field', start)
    return Field(name.lower())


def _datafield(scanner: Scanner) -> Datafield:
    code = _code(scanner)
    if scanner.takes("["):
        param = scanner.in_brackets()
        if param is None:
            scanner.fail("expected a param in the brackets, as datafields.CODE[ENG]")
        scanner.needs("]", "the param")
        return Datafield(code, param=param)
    if not scanner.takes("."):
        return Datafield(code)
    start, part = scanner.position, scanner.word()
    if part != "param":
        scanner.fail("a free field has no part but .param; quote odd codes: datafields['A.B']", start)
    return Datafield(code, takes_param=True)


def _code(scanner: Scanner) -> str:
    if scanner.takes("["):
        code = scanner.quoted()
        if not code:
            scanner.fail("expected a code in quotes, as datafields['A.B']")
        scanner.needs("]", "the code")
        return code
    scanner.needs(".", "datafields; write datafields.CODE")
    code = scanner.word()
    if code is None:
        scanner.fail("expected a code after datafields; quote odd ones: datafields['A.B']")
    return code


def _condition(scanner: Scanner) -> Condition:
    conditions = [_every(scanner)]
    while _takes_keyword(scanner, "or"):
        conditions.append(_every(scanner))
    return conditions[0] if len(conditions) == 1 else Either(tuple(conditions))


def _every(scanner: Scanner) -> Condition:
    conditions = [_test(scanner)]
    while _takes_keyword(scanner, "and"):
        conditions.append(_test(scanner))
    return conditions[0] if len(conditions) == 1 else Every(tuple(conditions))


def _test(scanner: Scanner) -> Condition:
    if _takes_keyword(scanner, "not"):
        return Not(_test(scanner))
    if scanner.takes("("):
        condition = _condition(scanner)
        scanner.needs(")", "the condition")
        return condition
    if scanner.next_word() == "missing":
        return _missing(scanner)
    return parse_comparison(scanner, _expression(scanner))


def _missing(scanner: Scanner) -> Missing:
    scanner.word()
    scanner.needs("(", "missing")
    expression = _expression(scanner)
    scanner.needs(")", "the argument of missing")
    return Missing(expression)


def _takes_keyword(scanner: Scanner, keyword: str) -> bool:
    return scanner.next_word() == keyword and scanner.word() is not None
