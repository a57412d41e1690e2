#!/usr/bin/env python3
"""Makes clustered vectors of low intrinsic dimension, as embeddings of texts are, with their exact neighbors.

A row is drawn from a mixture of Gaussians in a latent space, with cluster sizes that follow a power law, and pushed
through a fixed random layer into the space that is asked for; noise is added and its length set to 1.
"""

import argparse
import pathlib

import faiss
import numpy as np

import vectors

LATENT, HIDDEN, NOISE, SPREAD = 48, 256, 0.15, 0.8


class Source:
    """Draws rows of one distribution."""

    def __init__(self, rng, clusters, dims):
        self.rng, self.dims = rng, dims
        self.centers = rng.standard_normal((clusters, LATENT)).astype(np.float32)
        weights = np.arange(1, clusters + 1) ** -0.7
        self.weights = weights / weights.sum()
        self.inward = (rng.standard_normal((LATENT, HIDDEN)) / np.sqrt(LATENT)).astype(np.float32)
        self.outward = (rng.standard_normal((HIDDEN, dims)) / np.sqrt(HIDDEN)).astype(np.float32)

    def draw(self, count):
        """Draws so many rows."""
        chosen = self.rng.choice(len(self.centers), count, p=self.weights)
        latent = self.centers[chosen] + SPREAD * self.rng.standard_normal((count, LATENT)).astype(np.float32)
        rows = np.tanh(latent @ self.inward) @ self.outward
        rows += NOISE * self.rng.standard_normal((count, self.dims)).astype(np.float32)
        return vectors.normalize(rows)


def nearest(base, queries, metric, count):
    """Finds the nearest rows by comparing with all."""
    index = faiss.IndexFlatL2(base.shape[1]) if metric == "l2" else faiss.IndexFlatIP(base.shape[1])
    index.add(base)
    return index.search(queries, count)[1].astype(np.int32)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--dims", type=int, default=768)
    parser.add_argument("--queries", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--metric", choices=["cosine", "l2"], default="cosine")
    options = parser.parse_args()

    source = Source(np.random.default_rng(options.seed), max(20, options.rows // 500), options.dims)
    step = 100_000
    base = np.concatenate([source.draw(min(step, options.rows - start)) for start in range(0, options.rows, step)])
    queries = source.draw(options.queries)

    options.folder.mkdir(parents=True, exist_ok=True)
    vectors.write(options.folder / "base.fvecs", base)
    vectors.write(options.folder / "queries.fvecs", queries)
    vectors.write(options.folder / "truth.ivecs", nearest(base, queries, options.metric, 100))
    (options.folder / "metric").write_text(options.metric)


if __name__ == "__main__":
    main()
