"""Which edge at one host is the same pulse as which edge at another, when both clocks are unknown and edges are missing or extra.

The gaps of the train are a code: no three in a row come again within 12,166 pulses. So three gaps that agree at both hosts are the
same four pulses, and the longest run of such agreements in order is the match. A train without a code fits in many ways: refused.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hil.measure.errors import EstimatorError

Times = NDArray[np.int64]
Numbers = NDArray[np.intp]

LEVELS = 23
STEP = 0.02
"""Gaps differ by multiples of this part of their mean: 1 ms at 20 Hz, far more than stamps scatter."""

_RECURRENCE = (5, 0, 1)
"""Of a maximal sequence over the integers modulo 23: any three in a row but 0, 0, 0 come once in 23^3 - 1."""

WORD = 3
TOLERANCE_NS, TOLERANCE_RATE = 60_000.0, 1e-3
"""Two gaps are the same within a scatter of their stamps and what two clocks may differ, slewed (500 ppm) and not."""

NEAR_NS = 400_000
"""An edge that is this near to where its pulse must be is that pulse, late."""

FEWEST = 8
"""Pulses without which there is no match."""

AMBIGUOUS = 0.5
"""A second way to match that explains this part of the edges makes the first one a guess."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Match:
    """Edges of two hosts that are the same pulses: indices into both, ascending."""

    a: Numbers
    b: Numbers


def code_gaps(pulses: int) -> NDArray[np.float64]:
    """That many gaps between coded pulses, as multiples of their mean; always the same ones, 0.78 to 1.22."""
    levels = [1, 0, 0]
    for _ in range(pulses - len(levels)):
        levels.append(sum(factor * level for factor, level in zip(_RECURRENCE, levels[-3:], strict=True)) % LEVELS)
    return 1.0 + STEP * (np.array(levels[:pulses], dtype=np.float64) - LEVELS // 2)


def match_pulses(a: Times, b: Times) -> Match:
    """Match ascending stamps. EstimatorError if too few agree, or they agree in more than one way."""
    pairs_a, pairs_b = _agreements(a, b)
    chain = _longest_chain(pairs_a, pairs_b)
    if len(chain) + WORD < FEWEST:
        said = "the same pulses cannot be found in both" if len(pairs_a) else "no three gaps agree"
        raise EstimatorError(f"{len(a)} edges at one host and {len(b)} at the other: {said}")
    _refuse_ambiguous(pairs_a, pairs_b, chain)
    return _with_strays(a, b, *_whole_words(pairs_a[chain], pairs_b[chain]))


def _agreements(a: Times, b: Times) -> tuple[Numbers, Numbers]:
    """Where each word of `a` might be in `b`: all pairs of first indices whose gaps agree."""
    if min(len(a), len(b)) <= WORD:
        return np.empty(0, np.intp), np.empty(0, np.intp)
    gaps_a, gaps_b = np.diff(a).astype(np.float64), np.diff(b).astype(np.float64)
    words_a, words_b = len(gaps_a) - WORD + 1, len(gaps_b) - WORD + 1
    order = np.argsort(gaps_b[:words_b], kind="stable")
    ranked = gaps_b[order]
    slack = TOLERANCE_NS + TOLERANCE_RATE * gaps_a
    low = np.searchsorted(ranked, gaps_a[:words_a] - slack[:words_a])
    counts = np.searchsorted(ranked, gaps_a[:words_a] + slack[:words_a], side="right") - low
    found_a, found_b = [], []
    ends = np.cumsum(counts)
    begin = 0
    while begin < words_a:
        done = ends[begin - 1] if begin else 0
        end = max(int(np.searchsorted(ends, done + _CHUNK, side="right")), begin + 1)
        at = np.repeat(np.arange(begin, end), counts[begin:end])
        within = np.arange(len(at)) - np.repeat(ends[begin:end] - counts[begin:end] - done, counts[begin:end])
        other = order[low[at] + within]
        for further in range(1, WORD):
            same = np.abs(gaps_a[at + further] - gaps_b[other + further]) <= slack[at + further]
            at, other = at[same], other[same]
        found_a.append(at)
        found_b.append(other)
        begin = end
    return np.concatenate(found_a), np.concatenate(found_b)


def _longest_chain(pairs_a: Numbers, pairs_b: Numbers) -> Numbers:
    """Positions of the longest run of pairs in which both indices rise (patience sorting)."""
    order = np.lexsort((-pairs_b, pairs_a))
    ends: list[int] = []
    holders: list[int] = []
    before = np.full(len(order), -1)
    for at in order.tolist():
        value = int(pairs_b[at])
        place = bisect_left(ends, value)
        before[at] = holders[place - 1] if place else -1
        ends[place : place + 1], holders[place : place + 1] = [value], [at]
    chain = []
    at = holders[-1] if holders else -1
    while at >= 0:
        chain.append(at)
        at = int(before[at])
    return np.array(chain[::-1], dtype=np.intp)


def _refuse_ambiguous(pairs_a: Numbers, pairs_b: Numbers, chain: Numbers) -> None:
    others = np.ones(len(pairs_a), dtype=np.bool_)
    others[chain] = False
    second = len(_longest_chain(pairs_a[others], pairs_b[others]))
    if second >= AMBIGUOUS * len(chain):
        raise EstimatorError(f"the pulses match in two ways, {len(chain)} and {second} words: their gaps carry no code")


def _whole_words(words_a: Numbers, words_b: Numbers) -> tuple[Numbers, Numbers]:
    """Every edge of the matched words, once."""
    a = (words_a[:, None] + np.arange(WORD + 1)).ravel()
    b = (words_b[:, None] + np.arange(WORD + 1)).ravel()
    a, first = np.unique(a, return_index=True)
    b = b[first]
    rising = np.concatenate([[True], np.diff(b) > 0])
    return a[rising], b[rising]


def _with_strays(a: Times, b: Times, matched_a: Numbers, matched_b: Numbers) -> Match:
    """The match and the edges in no whole word, because a neighbour is missing, that are where their pulse must be."""
    left = np.setdiff1d(np.arange(len(a)), matched_a)
    known = (b[matched_b] - a[matched_a]).astype(np.float64)
    origin = known[0]
    expected = a[left] + np.rint(np.interp(a[left] - a[0], a[matched_a] - a[0], known - origin)).astype(np.int64) + round(origin)
    nearest = np.clip(np.searchsorted(b, expected), 1, len(b) - 1)
    nearest -= expected - b[nearest - 1] < b[nearest] - expected
    found = np.isin(nearest, matched_b, invert=True) & (np.abs(b[nearest] - expected) <= NEAR_NS)
    every_a, every_b = np.concatenate([matched_a, left[found]]), np.concatenate([matched_b, nearest[found]])
    order = np.argsort(every_a, kind="stable")
    every_a, every_b = every_a[order], every_b[order]
    rising = np.concatenate([[True], np.diff(every_b) > 0])
    return Match(every_a[rising], every_b[rising])
