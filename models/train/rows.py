"""Rows of training: reads them, turns them into the pieces, units and codes that the model takes, and pads batches."""

import json

import numpy as np
import torch

import text
from model import MAX_WORDS, PAD, SPECIAL_SLOTS


class Vocabulary:
    """Pieces of text, and special tokens by their place in the list of names, the same list for both networks."""

    def __init__(self, pieces, names):
        self.pieces = pieces
        self.size = len(pieces.all)
        self.names = names
        if names[:3] != ["begin", "end", "code"] or SPECIAL_SLOTS < len(names) or len(set(names)) != len(names):
            raise SystemExit("the list of names must be distinct, fit its slots and start with begin, end, code")
        self.places = {name: i for i, name in enumerate(names)}

    def row(self, prompt, before, code):
        """Pieces, and the first piece and the number of the word of each unit; tokens of the code with its end."""
        ids, units, words, count = [], [], [], 0
        for piece in ["<|begin|>", *prompt, *(f"<|{name}|>" for name in before), "<|code|>"]:
            units.append(len(ids))
            if piece.startswith("<|"):
                ids.append(self.size + self.places[piece[2:-2]])
                words.append(-1)
            else:
                ids.extend(self.pieces.cut(piece))
                words.append(count)
                count += 1
        if MAX_WORDS < count:
            raise ValueError("too many words")
        tokens = [self.places[name.removeprefix("@")] for name in code] + [self.places["end"]]
        return Row(np.array(ids, np.int32), np.array(units, np.int16), np.array(words, np.int8), np.array(tokens, np.int16))

    def shown(self, tokens):
        return [self.names[i] if 0 <= i < len(self.names) else f"#{i}" for i in tokens]


class Row:
    __slots__ = ("ids", "units", "words", "tokens")

    def __init__(self, ids, units, words, tokens):
        self.ids, self.units, self.words, self.tokens = ids, units, words, tokens

    def after(self, other):
        """The same said after what went before in `other`, a list of special pieces."""
        cut = len(self.ids) - 1
        ids = np.concatenate((self.ids[:cut], other, self.ids[cut:])).astype(np.int32)
        more = np.arange(cut, cut + len(other) + 1, dtype=np.int16)
        units = np.concatenate((self.units[:-1], more))
        words = np.concatenate((self.words[:-1], np.full(len(other) + 1, -1, np.int8)))
        return Row(ids, units, words, self.tokens)


def read_names(path):
    with open(path, encoding="utf-8") as lines:
        return [line.strip() for line in lines if line.strip()]


class Rows:
    """All rows of a file."""

    def __init__(self, path, vocabulary, most_pieces, max_rows=None):
        self.rows, self.weights, self.about, self.before, self.left_out = [], [], [], [], 0
        with text.open_text(path) as lines:
            for line in lines:
                row = json.loads(line)
                if row["code"] is None:
                    continue
                before = row.get("before", [])
                try:
                    made = vocabulary.row(row["prompt"], before, row["code"])
                except (KeyError, ValueError):
                    self.left_out += 1
                    continue
                if most_pieces < len(made.ids):
                    self.left_out += 1
                    continue
                self.rows.append(made)
                self.weights.append(row.get("weight", 1.0))
                self.about.append((row.get("lang"), row.get("source")))
                if before:
                    self.before.append(np.array([vocabulary.size + vocabulary.places[name] for name in before]))
                if max_rows is not None and max_rows <= len(self.rows):
                    break
        if not self.rows:
            raise SystemExit(f"no usable rows in {path}")
        self.weights = np.array(self.weights, np.float32)

    def __len__(self):
        return len(self.rows)


def endless(rows, order, earlier, share):
    """Every row once, in random order, again and again; a share of those that begin a conversation comes after
    something that has nothing to do with them."""
    while True:
        for i in order.permutation(len(rows)):
            row, source = rows.rows[i], rows.about[i][1]
            if earlier and source != "natural-talk" and order.random() < share:
                row = row.after(earlier[order.integers(len(earlier))])
            yield row, rows.weights[i]


def mixed(sources, shares, order):
    """Rows of several endless sources in the given shares."""
    shares = np.array(shares) / sum(shares)
    while True:
        for which in order.choice(len(sources), size=4096, p=shares):
            yield next(sources[which])


def batches(stream, size, order, pool=48):
    """Batches of rows of like length: a pool is sorted, cut, and its batches shuffled."""
    while True:
        some = sorted((next(stream) for _ in range(size * pool)), key=lambda row: len(row[0].ids) + len(row[0].tokens))
        cuts = [some[i : i + size] for i in range(0, len(some), size)]
        for i in order.permutation(len(cuts)):
            yield batch([row for row, _ in cuts[i]], np.array([weight for _, weight in cuts[i]]))


def batch(rows, weights):
    """Arrays for the model, and the token to predict at each place of the decoder, -1 where none is."""
    pieces = max(len(row.ids) for row in rows)
    places = max(len(row.units) + len(row.tokens) - 1 for row in rows)
    ids = np.full((len(rows), pieces), PAD, np.int64)
    units, words, codes, targets = (np.full((len(rows), places), -1, np.int64) for _ in range(4))
    for r, row in enumerate(rows):
        ids[r, : len(row.ids)] = row.ids
        n, m = len(row.units), len(row.tokens)
        units[r, :n] = row.units
        words[r, :n] = row.words
        codes[r, n : n + m - 1] = row.tokens[:-1]
        targets[r, n - 1 : n + m - 1] = row.tokens
    made = {"ids": ids, "units": units, "words": words, "codes": codes, "targets": targets}
    made = {name: torch.from_numpy(values) for name, values in made.items()}
    made["weights"] = torch.from_numpy(weights.astype(np.float32))
    return made
