"""Vector files: fvecs and ivecs hold, for each row, an int32 count and then that many 4-byte values, little-endian."""

import pathlib

import numpy as np


def write(path, rows):
    """Writes a matrix of float32 or int32."""
    rows = np.ascontiguousarray(rows)
    assert rows.dtype in (np.float32, np.int32), rows.dtype
    counts = np.full((len(rows), 1), rows.shape[1], np.int32)
    np.hstack([counts, rows.view(np.int32)]).tofile(path)


def read(path, dtype=np.float32):
    """Reads a whole file as a matrix."""
    raw = np.fromfile(path, np.int32)
    return raw.reshape(-1, raw[0] + 1)[:, 1:].copy().view(dtype)


def read_folder(folder):
    """Reads a data folder: base, queries, truth and metric. Cosine vectors come back with length 1."""
    folder = pathlib.Path(folder)
    metric = (folder / "metric").read_text().strip()
    base, queries = read(folder / "base.fvecs"), read(folder / "queries.fvecs")
    if metric == "cosine":
        base, queries = normalize(base), normalize(queries)
    return base, queries, read(folder / "truth.ivecs", np.int32), metric


def normalize(rows):
    """Gives every row length 1."""
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def recall(found, truth, k):
    """Gives the share of the true k nearest that were found."""
    hits = sum(len(set(row[:k]) & set(true[:k])) for row, true in zip(found.tolist(), truth.tolist()))
    return hits / (k * len(truth))
