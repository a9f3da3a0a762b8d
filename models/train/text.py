"""Reads text and utterances and cuts them into the pieces that the model is fed.

It deliberately knows nothing of tokens: a piece is what the tokenizer encodes by itself.
The hub cuts alike, but it leaves punctuation out, folds traditional characters,
and puts a space before numbers and signs too; rows of the second stage were cut by the hub's own code.
"""

import json
import lzma
import re
import unicodedata
from pathlib import Path

CJK = "\u2e80-\u303f\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
PIECE = re.compile(rf"[^\W\d_{CJK}]+(?:'[^\W\d_{CJK}]+)*|\S")
STRAIGHT = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "."})
DATA = Path(__file__).resolve().parents[3] / "shared" / "train"


def pieces(text):
    """Latin words carry a leading space; everything else is one character, without one."""
    text = unicodedata.normalize("NFKC", text).lower().translate(STRAIGHT)
    found = PIECE.findall(text)
    return [" " + p if p[0].isalpha() and not is_cjk(p[0]) else p for p in found]


def is_cjk(char):
    return "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff"


def open_text(path):
    """Plain or .xz, as UTF-8 text."""
    path = Path(path)
    if path.suffix == ".xz":
        return lzma.open(path, "rt", encoding="utf-8")
    return open(path, encoding="utf-8")


def documents(path, max_chars=None):
    """Blocks of lines between blank lines, until `max_chars` have been read."""
    block, read = [], 0
    with open_text(path) as lines:
        for line in lines:
            line = line.strip()
            if line:
                block.append(line)
                continue
            if block:
                yield "\n".join(block)
            block, read = [], read + sum(map(len, block))
            if max_chars is not None and max_chars <= read:
                return
    if block:
        yield "\n".join(block)


def utterances(path):
    """The `text` of every row of a JSONL file."""
    with open_text(path) as lines:
        for line in lines:
            yield json.loads(line)["text"]
