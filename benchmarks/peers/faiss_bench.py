#!/usr/bin/env python3
"""Measures FAISS on a data folder: flat, HNSW, HNSW over scalar codes, product codes, and IVF with product codes."""

import argparse
import json
import time

import faiss
import numpy as np

import vectors

K, PASSES, TRAINING_ROWS = 10, 3, 50_000


def report(**fields):
    print(json.dumps({"peer": "faiss", **fields}), flush=True)


def search_one_by_one(index, queries):
    """Answers each query by itself, as a program that serves them would."""
    return np.concatenate([index.search(queries[i : i + 1], K)[1] for i in range(len(queries))])


def measure(name, index, data, settings):
    """Builds an index and measures it; settings maps a knob's value to the call that sets it."""
    base, queries, truth, _ = data
    started = time.perf_counter()
    if not index.is_trained:
        index.train(base[np.random.default_rng(1).permutation(len(base))[:TRAINING_ROWS]])
    trained = time.perf_counter()
    index.add(base)
    built = time.perf_counter()
    report(
        index=name, rows=len(base), dims=base.shape[1],
        train_s=round(trained - started, 2), build_s=round(built - trained, 2),
        bytes_per_row=round(len(faiss.serialize_index(index)) / len(base)),
    )
    for knob, apply in settings.items():
        apply(index)
        fastest = float("inf")
        for _ in range(PASSES):
            began = time.perf_counter()
            found = search_one_by_one(index, queries)
            fastest = min(fastest, time.perf_counter() - began)
        report(index=name, knob=knob, recall=round(vectors.recall(found, truth, K), 4), qps=round(len(queries) / fastest))


def beams(values):
    return {ef: lambda index, ef=ef: setattr(index.hnsw, "efSearch", ef) for ef in values}


def refine(factors):
    return {factor: lambda index, factor=factor: setattr(index, "k_factor", factor) for factor in factors}


def probes(values):
    def apply(index, count):
        index.k_factor = 10
        faiss.downcast_index(index.base_index).nprobe = count

    return {count: lambda index, count=count: apply(index, count) for count in values}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    faiss.omp_set_num_threads(options.threads)
    data = vectors.read_folder(options.folder)
    rows, dims = data[0].shape
    parts = dims // 8 if dims % 8 == 0 else dims // 4
    lists = max(64, int(4 * rows**0.5) // 64 * 64)

    measure("flat", faiss.IndexFlatL2(dims), data, {"exact": lambda index: None})

    graph = faiss.IndexHNSWFlat(dims, 16)
    graph.hnsw.efConstruction = 200
    measure("hnsw16", graph, data, beams([10, 20, 40, 80, 160]))

    coded = faiss.IndexHNSWSQ(dims, faiss.ScalarQuantizer.QT_8bit, 16)
    coded.hnsw.efConstruction = 200
    measure("hnsw16,sq8", coded, data, beams([20, 40, 80, 160]))

    eighths = 8 if dims % 8 == 0 else 10
    measure(f"pq{eighths}x8", faiss.IndexPQ(dims, eighths, 8), data, {"no re-rank": lambda index: None})
    measure(f"pq{parts}x4fs,refine", faiss.index_factory(dims, f"PQ{parts}x4fs,RFlat"), data, refine([1, 4, 10, 30]))
    measure(
        f"ivf{lists},pq{parts}x4fs,refine",
        faiss.index_factory(dims, f"IVF{lists},PQ{parts}x4fs,RFlat"), data, probes([4, 8, 16, 32, 64]),
    )


if __name__ == "__main__":
    main()
