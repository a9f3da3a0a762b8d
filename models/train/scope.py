"""Trains the second opinion: whether words are for the house at all.

scope.py FILE=WEIGHT[:ROWS] …    rows as `train.py` reads them; writes hub/mind/data/scope.bin

A logistic regression over runs of one to three words (marks of names count as words), each hashed into one of 2^17 places.
It is as different from the language model as can be, so the two are rarely wrong together.
The file: `bias` and `scale` as little-endian f32, then one i8 for each place; a weight is its i8 times `scale`.
"""

import json
import random
import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import SGDClassifier

PLACES = 1 << 17
OUT = Path(__file__).resolve().parent.parent.parent / "hub/mind/data/scope.bin"
# What is not for the house, in the words of the intent code.
NOT = {"HearthNotForHouse", "HearthUnclear", "HassRespond"}


def features(prompt):
    """The places of a prompt's runs; `hub/mind/src/understand/in_domain.rs` computes the same."""
    words = [piece.strip() for piece in prompt if not (piece.startswith("<|") and not piece.startswith("<|m:"))]
    runs = (" ".join(words[at : at + length]) for length in (1, 2, 3) for at in range(len(words) - length + 1))
    return [zlib.crc32(run.encode()) % PLACES for run in runs]


def main():
    random.seed(1)
    places, rows, labels, weights = [], [0], [], []
    for source in sys.argv[1:]:
        path, _, rest = source.rpartition("=")
        weight, _, most = rest.partition(":")
        lines = Path(path).read_text(encoding="utf-8").splitlines()
        random.shuffle(lines)
        for line in lines[: int(most) if most else None]:
            row = json.loads(line)
            if row["code"] is None:
                continue
            own = features(row["prompt"])
            places.extend(own)
            rows.append(len(places))
            labels.append(row["code"][0] not in NOT)
            weights.append(float(weight) * row.get("weight", 1.0))
    matrix = csr_matrix((np.ones(len(places), dtype=np.float32), np.array(places, dtype=np.int32), np.array(rows)), shape=(len(labels), PLACES))
    matrix.sum_duplicates()
    norms = np.sqrt(matrix.multiply(matrix).sum(axis=1)).A1
    matrix = csr_matrix(matrix.multiply(1 / norms[:, None]))
    model = SGDClassifier(loss="log_loss", alpha=1e-6, max_iter=12, tol=None, random_state=1)
    model.fit(matrix, labels, sample_weight=weights)
    scale = float(np.abs(model.coef_).max() / 127)
    small = np.round(model.coef_[0] / scale).astype(np.int8)
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_bytes(struct.pack("<ff", float(model.intercept_[0]), scale) + small.tobytes())
    right = ((matrix @ (small * scale) + model.intercept_[0]) > 0) == np.array(labels)
    print(f"{len(labels)} rows, {100 * np.mean(labels):.1f} % for the house, {100 * right.mean():.2f} % right on them, {OUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
