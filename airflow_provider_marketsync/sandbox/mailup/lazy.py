# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A list whose members are looked up when they are asked for: a page of a long list costs a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class Lazy(Sequence[T], Generic[T]):
    """
    Members by id.

    :param numbers: ids in order
    :param load: looks one up
    """

    def __init__(self, numbers: list[int], load: Callable[[int], T]) -> None:
        self._numbers = numbers
        self._load = load

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[T]:
        return map(self._load, self._numbers)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> list[T]: ...

    def __getitem__(self, place: int | slice) -> T | list[T]:
        if isinstance(place, slice):
            return [self._load(number) for number in self._numbers[place]]
        return self._load(self._numbers[place])
