"""More vectors than there are texts for: real embeddings, and others that lie between them.

A new vector lies at a random place between a real one and one of its near neighbours, moved by a little noise in any
direction. What is near to what, and how the vectors crowd in some places, stays as in the real ones; vectors drawn at
random have no such structure, and say nothing about an approximate search.
"""

from collections.abc import Iterator

import numpy as np

from cydqa.index.arrays import Array

NEIGHBOURS = 10  # of which one is taken
NOISE = 0.2  # its length, beside vectors of length 1
NEIGHBOURHOOD = 8192  # rows of the same documents, in which neighbours are looked for
_SEED = 7


def perturbed(real: Array, count: int) -> Iterator[np.ndarray]:
    """Blocks of `count` unit vectors, (n, dim) float32, the same ones every time: every real one, then new ones.

    Args:
        real: (m, dim) unit vectors, in the order of an index, where those of a document lie together.
    """
    rng = np.random.default_rng(_SEED)
    firsts = range(0, len(real), NEIGHBOURHOOD)
    near: dict[int, np.ndarray] = {}
    for first in firsts:
        block = np.asarray(real[first : first + min(NEIGHBOURHOOD, count)], np.float32)
        count -= len(block)
        yield block
    while count > 0:
        for first in firsts:
            block = np.asarray(real[first : first + NEIGHBOURHOOD], np.float32)
            if first not in near:
                near[first] = neighbours(block)
            new = between(block, block[chosen(near[first], rng)], rng)[:count]
            count -= len(new)
            yield new


def between(one: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A new unit vector for each pair, (n, dim) float32."""
    share = rng.random((len(one), 1), np.float32)
    noise = rng.standard_normal(one.shape, np.float32) * np.float32(NOISE / one.shape[1] ** 0.5)
    new = one + share * (other - one) + noise
    return new / np.linalg.norm(new, axis=1, keepdims=True)


def chosen(near: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """One of the neighbours of each, by place."""
    return near[np.arange(len(near)), rng.integers(0, near.shape[1], len(near))]


def neighbours(block: np.ndarray) -> np.ndarray:
    """(n, NEIGHBOURS): of each vector the nearest others."""
    found = np.empty((len(block), min(NEIGHBOURS, len(block) - 1)), np.uint16)
    for first in range(0, len(block), 1024):
        cosines = block[first : first + 1024] @ block.T
        cosines[np.arange(len(cosines)), first + np.arange(len(cosines))] = -1
        found[first : first + 1024] = np.argpartition(-cosines, found.shape[1] - 1, axis=1)[:, : found.shape[1]]
    return found
