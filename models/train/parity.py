"""Checks that llama.cpp, through the engine, computes what was trained: the same pieces for words, the same logits.

Run it on the exported files; it fails with what differs.
"""

import argparse
import json
import random
import subprocess
from pathlib import Path

import numpy as np
import torch

import common
import text
from export import load
from pieces import Pieces
from rows import Vocabulary, batch

# Largest difference between logits that is put down to rounding: llama.cpp keeps keys and values in 16 bits, and GELU
# in a table of 16 bits, whatever the file's type.
TOLERANCE = 0.25
# Eight bits are more than rounding: there the choice must be the same nearly everywhere, and the logits go together.
LEAST_SAME, LEAST_CORRELATION = 0.98, 0.995


def main():
    args = arguments()
    model, state = load(args.checkpoint)
    vocabulary = Vocabulary(Pieces(state["pieces"], state["scores"], common.UNKNOWN), state["names"])
    order = random.Random(1)
    check_pieces(args, vocabulary, some_words(args, order))
    check_logits(args, model, vocabulary, order)


def arguments():
    root = Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("encoder", type=Path)
    parser.add_argument("decoder", type=Path)
    parser.add_argument("rows", type=Path, help="rows as training takes them")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--type", choices=("f32", "f16", "q8_0"), default="q8_0")
    parser.add_argument("--engine", type=Path, default=root / "target" / "release" / "hearth-llm")
    parser.add_argument("--data", type=Path, default=text.DATA)
    return parser.parse_args()


def some_words(args, order, count=6000):
    """Words as the hub cuts them, and some that nobody expects."""
    found = {" café", "é", " 😀", " ½", " don't", " o'clock's", " 20", " 7:30", " 20.5", " %", " °", " -", " h2o", "\u200b", "龘"}
    with text.open_text(args.rows) as lines:
        for line in lines:
            found.update(piece for piece in json.loads(line)["prompt"] if not piece.startswith("<|"))
    return order.sample(sorted(found), min(count, len(found)))


def check_pieces(args, vocabulary, words):
    theirs = ask(args, ["tokens", args.encoder], words)
    wrong = [(w, vocabulary.pieces.cut(w), b) for w, b in zip(words, theirs, strict=True) if vocabulary.pieces.cut(w) != b]
    if wrong:
        raise SystemExit(f"{len(wrong)} of {len(words)} words are cut otherwise: {wrong[:10]}")
    print(f"{len(words)} words: the same pieces")


@torch.no_grad()
def check_logits(args, model, vocabulary, order):
    with text.open_text(args.rows) as lines:
        rows = [json.loads(line) for line in lines]
    rows = order.sample([row for row in rows if row["code"]], min(args.count, len(rows)))
    asked, ours = [], []
    for row in rows:
        code = [name.removeprefix("@") for name in row["code"]]
        code = code[: order.randint(0, len(code))]
        shown = ["<|begin|>", *row["prompt"], *(f"<|{name}|>" for name in row.get("before", [])), "<|code|>"]
        special = lambda piece: {"special": piece[2:-2]} if piece.startswith("<|") else {"text": piece}
        asked.append({"pieces": [special(piece) for piece in shown], "code": code})
        made = batch([vocabulary.row(row["prompt"], row.get("before", []), code)], np.ones(1))
        del made["targets"], made["weights"]
        ours.append(model(**made)[0, -1].numpy())
    theirs = np.array(ask(args, ["logits", args.encoder, args.decoder], asked), np.float32)[:, : len(vocabulary.names)]
    ours = np.stack(ours)[:, : len(vocabulary.names)]
    worst = np.abs(theirs - ours).max()
    same = (theirs.argmax(1) == ours.argmax(1)).mean()
    agree = np.corrcoef(theirs.ravel(), ours.ravel())[0, 1]
    print(f"{len(rows)} rows: largest difference {worst:.4f}, same choice {same:.0%}, correlation {agree:.6f}")
    if args.type == "q8_0" and (same < LEAST_SAME or agree < LEAST_CORRELATION):
        raise SystemExit("logits differ by more than eight bits should cost")
    if args.type != "q8_0" and TOLERANCE < worst:
        raise SystemExit("logits differ by more than rounding")


def ask(args, command, question):
    done = subprocess.run([args.engine, *command], input=json.dumps(question), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the engine failed: {done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


if __name__ == "__main__":
    main()
