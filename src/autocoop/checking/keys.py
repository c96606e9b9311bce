"""Duplicates and dangling references across batches, in eight bytes a row.

Of each key a 64-bit hash is kept. Equal hashes are only candidates: the keys themselves are
compared in a second reading, so that no duplicate is reported that is none, and none is missed.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

#: How many keys a `KeySet` remembers by name, to suggest the nearest.
_NAMES = 2_000

_ODD = np.uint64(0x9E3779B97F4A7C15)


def hashes(values: pa.Array) -> np.ndarray:
    """A 64-bit hash of each cell; missing ones have the same."""
    if pa.types.is_list(values.type):
        raise TypeError("a list is no key")
    if not pa.types.is_dictionary(values.type):
        if not pa.types.is_string(values.type):
            numbers = values.cast(pa.int32()) if pa.types.is_date32(values.type) else values
            numbers = pc.fill_null(numbers.cast(pa.int64()), -(2**63))
            return _mixed(numbers.to_numpy(zero_copy_only=False).view(np.uint64))
        values = values.dictionary_encode()
    known = values.dictionary.to_numpy(zero_copy_only=False)
    # One more place, which the missing ones take.
    found = np.zeros(len(known) + 1, np.uint64)
    if len(known):
        found[:-1] = pd.util.hash_array(known, categorize=False)
    places = pc.fill_null(values.indices, len(known)).to_numpy(zero_copy_only=False)
    return found[places]


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """Numbers spread over 64 bits (the finaliser of SplitMix64)."""
    with np.errstate(over="ignore"):
        mixed = numbers + _ODD
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return mixed ^ (mixed >> np.uint64(31))


def row_hashes(columns: Sequence[pa.Array]) -> np.ndarray:
    """A 64-bit hash of each row of several columns."""
    found = hashes(columns[0])
    for values in columns[1:]:
        with np.errstate(over="ignore"):
            found = _mixed(found * _ODD + hashes(values))
    return found


class Keys:
    """The keys of a table that is read batch by batch."""

    def __init__(self) -> None:
        self._parts: list[np.ndarray] = []
        self._bad: list[np.ndarray] = []
        self._rows = 0

    def add(self, columns: Sequence[pa.Array], bad: pa.Array | None = None) -> None:
        """The next batch; rows marked bad have no key."""
        part = row_hashes(columns)
        if bad is not None:
            places = np.flatnonzero(bad.to_numpy(zero_copy_only=False))
            self._bad.append(places + self._rows)
        self._parts.append(part)
        self._rows += len(part)

    def candidates(self) -> np.ndarray:
        """Sorted numbers of the rows whose hash another row has too."""
        everything = self._whole()
        excluded = np.concatenate(self._bad) if self._bad else np.array([], np.int64)
        counted = np.delete(everything, excluded) if len(excluded) else everything.copy()
        counted.sort()
        repeated = np.unique(counted[1:][counted[1:] == counted[:-1]])
        if not len(repeated):
            return np.array([], np.int64)
        rows = np.flatnonzero(_are_in(everything, repeated))
        return np.setdiff1d(rows, excluded) if len(excluded) else rows

    def _whole(self) -> np.ndarray:
        if len(self._parts) != 1:
            joined = np.concatenate(self._parts) if self._parts else np.array([], np.uint64)
            self._parts = [joined]
        return self._parts[0]

    def hash_at(self, row: int) -> int:
        return int(self._whole()[row])

    def repeated(self, rows: np.ndarray) -> int:
        """How many of the rows have the hash of an earlier one among them."""
        return len(rows) - len(np.unique(self._whole()[rows]))


def _are_in(found: np.ndarray, known: np.ndarray) -> np.ndarray:
    """For each hash, whether it is among the sorted known ones."""
    if not len(known):
        return np.zeros(len(found), bool)
    places = np.minimum(np.searchsorted(known, found), len(known) - 1)
    return known[places] == found


class KeySet:
    """The keys of a table that others refer to.

    A dangling reference passes only where its hash is by chance that of a key: with ten million
    keys, one in 1.8 million million.
    """

    def __init__(self, batches: Iterator[pa.Array]) -> None:
        parts = []
        self.names: list[str] | None = []
        for values in batches:
            parts.append(hashes(values))
            if self.names is not None:
                self.names += [name for name in values.to_pylist() if name is not None]
                self.names = self.names if len(self.names) <= _NAMES else None
        self._known = np.unique(np.concatenate(parts)) if parts else np.array([], np.uint64)

    def dangling(self, values: pa.Array) -> pa.Array | None:
        """True where a cell, or a member of it, is no key; None where all are."""
        from autocoop.checking.casting import any_member

        if pa.types.is_list(values.type):
            wrong = self.dangling(pc.list_flatten(values))
            return None if wrong is None else any_member(values, wrong)
        if not pa.types.is_dictionary(values.type):
            values = values.dictionary_encode()
        unknown = ~_are_in(hashes(values.dictionary), self._known)
        if not unknown.any():
            return None
        wrong = pc.fill_null(pc.take(pa.array(unknown), values.indices), False)
        return wrong if pc.any(wrong).as_py() else None

    def has(self, value: Any) -> bool:
        return self.dangling(pa.array([value], pa.string())) is None
