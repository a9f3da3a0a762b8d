#!/usr/bin/env python3
"""Writes how every word that the recogniser knows sounds, as espeak-ng says it.

    sounds.py MODEL     reads MODEL/graph/words.txt, writes MODEL/sounds.txt: a word and its phonemes on each line

The hub looks there for words that sound like a name it does not know. Needs espeak-ng; Python's standard library.
"""

import pathlib
import subprocess
import sys


def main():
    model = pathlib.Path(sys.argv[1])
    words = [line.split()[0] for line in (model / "graph/words.txt").read_text().splitlines() if line.strip()]
    words = sorted({word for word in words if word[0].isalpha()})
    # A paragraph each, so that none is said as a part of a sentence.
    command = ["espeak-ng", "-q", "-x", "--sep=_", "-v", "en-us", "--stdin"]
    said = subprocess.run(command, input="".join(f"{word}\n\n" for word in words), text=True, check=True, capture_output=True)
    sounds = [line.strip() for line in said.stdout.splitlines() if line.strip()]
    if len(sounds) != len(words):
        raise SystemExit(f"espeak-ng said {len(sounds)} words of {len(words)}")
    lines = (f"{word} {sound}\n" for word, sound in zip(words, sounds, strict=True))
    (model / "sounds.txt").write_text("".join(lines))


if __name__ == "__main__":
    main()
