"""Checks that llama.cpp, through the engine, computes what was trained: same tokens for pieces, same logits for rows.

Run it on the exported file; it fails with what differs.
"""

import argparse
import json
import random
import subprocess
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

import common
import text
from export import load
from tokenizer import TEXT_VOCAB

# Largest difference between logits that is put down to rounding: the engine's cache has 16 bits, whatever the file's type.
TOLERANCE = 0.1
# Eight bits are more than rounding: there the choice must be the same everywhere, and the logits must go together.
LEAST_CORRELATION = 0.995


def main():
    args = arguments()
    model, names = load(args.checkpoint)
    order = random.Random(1)
    pieces = some_pieces(args, order)
    check_pieces(args, pieces)
    check_logits(args, model, some_rows(args, pieces, names, order))


def arguments():
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("gguf", type=Path)
    parser.add_argument("--type", choices=("f32", "f16", "q8_0"), default="q8_0")
    parser.add_argument("--engine", type=Path, default=root / "target" / "release" / "hearth-llm")
    parser.add_argument("--tokenizer", type=Path, default=common.WORK / "tokenizer.json")
    parser.add_argument("--data", type=Path, default=text.DATA)
    return parser.parse_args()


def some_pieces(args, order, count=6000):
    found = {" café", "é", "😀", "½", "'", " don't", " o'clock's", "20", " 20", " 7:30", " 20.5", " %", " °", " -", " é", " h₂o", "%", "°", "　", "\u200b"}
    for name in ("nlu/train_nlu_en.jsonl.xz", "nlu/train_nlu_zh.jsonl.xz", "nlu/train_nlu_zh_tw.jsonl.xz"):
        for utterance in text.utterances(args.data / name):
            found.update(text.pieces(utterance))
    return order.sample(sorted(found), min(count, len(found)))


def check_pieces(args, pieces):
    tokenizer = Tokenizer.from_file(str(args.tokenizer))
    theirs = ask(args, "tokens", pieces)
    ours = [tokenizer.encode(piece).ids for piece in pieces]
    wrong = [(p, a, b) for p, a, b in zip(pieces, ours, theirs, strict=True) if a != b]
    if wrong:
        raise SystemExit(f"{len(wrong)} of {len(pieces)} pieces differ: {wrong[:10]}")
    print(f"{len(pieces)} pieces: the same tokens")


def some_rows(args, pieces, names, order, count=20):
    tokenizer = Tokenizer.from_file(str(args.tokenizer))
    rows = []
    for _ in range(count):
        row = [TEXT_VOCAB]
        for piece in order.sample(pieces, order.randint(2, 12)):
            row += tokenizer.encode(piece).ids
            row.append(TEXT_VOCAB + order.randrange(len(names)))
        rows.append([*row, TEXT_VOCAB + 2])
    return rows


@torch.no_grad()
def check_logits(args, model, rows):
    theirs = np.array(ask(args, "logits", rows), dtype=np.float32)
    ours = np.stack([model(torch.tensor([row]))[0, -1].numpy() for row in rows])
    worst = np.abs(theirs - ours).max()
    same = (theirs.argmax(1) == ours.argmax(1)).mean()
    agree = np.corrcoef(theirs.ravel(), ours.ravel())[0, 1]
    print(f"{len(rows)} rows: largest difference {worst:.4f}, same choice {same:.0%}, correlation {agree:.6f}")
    if args.type == "q8_0" and (same < 1 or agree < LEAST_CORRELATION):
        raise SystemExit("logits differ by more than eight bits should cost")
    if args.type != "q8_0" and TOLERANCE < worst:
        raise SystemExit("logits differ by more than rounding")


def ask(args, what, question):
    done = subprocess.run([args.engine, what, args.gguf], input=json.dumps(question), capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    main()
