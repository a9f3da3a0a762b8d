"""Rows of the second stage: reads them, turns them into tokens and packs them into batches.

A row is `<|begin|>` prompt `<|code|>` code `<|end|>`; without a code it is text only.
"""

import json

import numpy as np
import torch
from tokenizers import Tokenizer

import text
from tokenizer import SPECIAL_SLOTS, TEXT_VOCAB

PROMPT_WEIGHT = 0.1


class Vocabulary:
    """Text pieces by the BPE, special tokens by their place in the list of names."""

    def __init__(self, tokenizer, names):
        self.tokenizer = Tokenizer.from_file(str(tokenizer))
        self.names = names
        if names[:3] != ["begin", "end", "code"] or SPECIAL_SLOTS < len(names) or len(set(names)) != len(names):
            raise SystemExit("the list of names must be distinct, fit its slots and start with begin, end, code")
        self.ids = {name: TEXT_VOCAB + i for i, name in enumerate(names)}
        self.known = {}

    def prompt(self, pieces):
        ids = []
        for piece in pieces:
            if piece not in self.known:
                self.known[piece] = self.piece(piece)
            ids.extend(self.known[piece])
        return ids

    def piece(self, piece):
        if piece.startswith("<|"):
            return [self.ids[piece.removeprefix("<|").removesuffix("|>")]]
        return self.tokenizer.encode(piece).ids

    def code(self, names):
        return [self.ids[name.removeprefix("@")] for name in names]

    def row(self, prompt, code):
        """The tokens, and where the code begins (the first position whose token is to be predicted as code)."""
        ids = [self.ids["begin"], *self.prompt(prompt)]
        if code is None:
            return ids, len(ids)
        ids.append(self.ids["code"])
        return [*ids, *self.code(code), self.ids["end"]], len(ids)

    def shown(self, ids):
        """Special tokens by name, for a person to read."""
        return [self.names[i - TEXT_VOCAB] if 0 <= i - TEXT_VOCAB < len(self.names) else f"#{i}" for i in ids]


def read_names(path):
    with open(path, encoding="utf-8") as lines:
        return [line.strip() for line in lines if line.strip()]


class Rows:
    """All rows of a file, held as one array."""

    def __init__(self, path, vocabulary, longest, max_rows=None):
        tokens, starts, codes, weights, self.about = [], [0], [], [], []
        self.left_out, self.unknown = 0, {}
        with text.open_text(path) as lines:
            for line in lines:
                row = json.loads(line)
                try:
                    ids, code_at = vocabulary.row(row["prompt"], row["code"])
                except KeyError as unknown:
                    name = str(unknown)
                    self.unknown[name] = self.unknown.get(name, 0) + 1
                    continue
                if longest < len(ids) or len(ids) < 2:
                    self.left_out += 1
                    continue
                tokens.append(np.array(ids, dtype=np.uint16))
                starts.append(starts[-1] + len(ids))
                codes.append(code_at)
                weights.append(row.get("weight", 1.0))
                self.about.append((row.get("lang"), row.get("source")))
                if max_rows is not None and max_rows <= len(codes):
                    break
        if not codes:
            raise SystemExit(f"no usable rows in {path}")
        self.tokens = np.concatenate(tokens)
        self.starts = np.array(starts)
        self.codes = np.array(codes)
        self.weights = np.array(weights, dtype=np.float32)

    def __len__(self):
        return len(self.codes)

    def row(self, i):
        return self.tokens[self.starts[i] : self.starts[i + 1]], int(self.codes[i]), float(self.weights[i])


def endless(rows, order):
    """Every row once, in random order, again and again."""
    while True:
        for i in order.permutation(len(rows)):
            yield rows.row(i)


def mixed(sources, shares, order):
    """Rows of several endless sources in the given shares."""
    shares = np.array(shares) / sum(shares)
    while True:
        for which in order.choice(len(sources), size=4096, p=shares):
            yield next(sources[which])


def pack(stream, bins, room, pool=512):
    """Fills `bins` of `room` positions from a pool, longest fitting row first; yields lists of rows a bin."""
    waiting = []
    while True:
        filled = []
        for _ in range(bins):
            while len(waiting) < pool:
                waiting.append(next(stream))
            filled.append(fill_bin(waiting, room))
        yield filled


def fill_bin(waiting, room):
    """The oldest row always goes in, so that none waits for ever."""
    taken = [waiting.pop(0)]
    room -= len(taken[0][0]) - 1
    while True:
        fitting = [(len(row[0]), -i) for i, row in enumerate(waiting[:64]) if len(row[0]) - 1 <= room]
        if not fitting:
            return taken
        length, at = max(fitting)
        taken.append(waiting.pop(-at))
        room -= length - 1


def batch(filled, room, predicted, order):
    """Arrays of fixed size: tokens, rows, then where to predict, what, with which weight, and whether it is code."""
    bins = len(filled)
    tokens = np.zeros((bins, room), dtype=np.int64)
    rows = np.zeros((bins, room), dtype=np.int64)
    targets = np.zeros((bins, room), dtype=np.int64)
    weights = np.zeros((bins, room), dtype=np.float32)
    is_code = np.zeros((bins, room), dtype=bool)
    for b, taken in enumerate(filled):
        at = 0
        for n, (ids, code_at, weight) in enumerate(taken):
            end = at + len(ids) - 1
            tokens[b, at:end] = ids[:-1]
            targets[b, at:end] = ids[1:]
            rows[b, at:end] = n + 1
            weights[b, at:end] = weight
            is_code[b, at + code_at - 1 : end] = True
            at = end
    where, weight = chosen(targets, rows, weights, is_code, predicted, order)
    return {
        "tokens": torch.from_numpy(tokens),
        "rows": torch.from_numpy(rows),
        "where": torch.from_numpy(where),
        "targets": torch.from_numpy(targets.ravel()[where]),
        "weights": torch.from_numpy(weight),
        "is_code": torch.from_numpy(is_code.ravel()[where]),
    }


def chosen(targets, rows, weights, is_code, predicted, order):
    """All code positions, and as many of the prompt's text as there is room for, weighted for those left out."""
    code = np.flatnonzero(is_code)[:predicted]
    words = np.flatnonzero((rows != 0) & ~is_code & (targets < TEXT_VOCAB))
    some = order.choice(words, size=min(len(words), predicted - len(code)), replace=False)
    spare = np.zeros(predicted - len(code) - len(some), dtype=np.int64)
    where = np.concatenate((code, some, spare))
    flat = weights.ravel()
    scale = PROMPT_WEIGHT * len(words) / max(1, len(some))
    weight = np.concatenate((flat[code], flat[some] * scale, np.zeros(len(spare), dtype=np.float32)))
    return where, (weight / max(1.0, flat[code].sum())).astype(np.float32)
