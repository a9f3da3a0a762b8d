"""Trains the byte-level BPE: Latin merges learned, single Chinese characters added by frequency.

Merges never cross a word, a digit, a symbol or a Chinese character,
so a piece gets the same tokens whether it is encoded alone or in a sentence.
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

import text

TEXT_VOCAB = 5632
SPECIAL_SLOTS = 512
CJK_CHARACTERS = 2500

# File, times each word counts, characters read.
SOURCES = [
    ("nlu/train_nlu_en.jsonl.xz", 6, None),
    ("nlu/train_nlu_zh.jsonl.xz", 6, None),
    ("text/en_homellm_phrases.txt.xz", 6, None),
    ("text/en_chatterbot.txt.xz", 2, None),
    ("text/zh_chatterbot.txt.xz", 2, None),
    ("text/en_dialogue_taskmaster.txt.xz", 1, None),
    ("text/enzh_tatoeba_pairs.txt.xz", 2, None),
    ("text/zh_dialogue_crosswoz.txt.xz", 1, None),
    ("text/zh_dialogue_kdconv.txt.xz", 1, None),
    ("text/en_iot_for_beginners.txt.xz", 1, None),
    ("text/zh_iot_for_beginners.txt.xz", 1, None),
    ("text/en_stories_asp.txt.xz", 1, None),
    ("text/en_stories_pratham.txt.xz", 1, None),
    ("text/en_gsm8k_train.txt.xz", 1, 1_000_000),
    ("text/en_books_pd.txt.xz", 1, 4_000_000),
    ("text/zh_novels_pd.txt.xz", 1, 1_000_000),
]


def main():
    args = arguments()
    words, characters = count(args.data)
    cjk = [c for c, _ in characters.most_common(CJK_CHARACTERS)]
    cjk_merges, cjk_tokens = character_merges(cjk)
    latin = train_words(words, TEXT_VOCAB - len(cjk_tokens))
    tokenizer = join(latin, cjk_merges, cjk_tokens)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(args.out))
    shown = words.total()
    used = sum(n * len(tokenizer.encode(w).ids) for w, n in words.most_common(20_000))
    print(f"{tokenizer.get_vocab_size()} tokens, {shown} words counted, {used / shown:.2f} tokens a word")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=text.DATA)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "work" / "tokenizer.json")
    return parser.parse_args()


def count(data):
    words, characters = Counter(), Counter()
    for name, times, max_chars in SOURCES:
        found = Counter()
        path = data / name
        source = text.utterances(path) if ".jsonl" in name else text.documents(path, max_chars)
        for document in source:
            found.update(text.pieces(document))
        for piece, n in found.items():
            if piece[0] == " ":
                words[piece] += n * times
            elif text.is_cjk(piece):
                characters[piece] += n * times
    return words, characters


def character_merges(characters):
    """Merges that build each character from its bytes, first byte first."""
    symbol = byte_symbols()
    merges, tokens, seen = [], [], set()
    for character in characters:
        parts = [symbol[b] for b in character.encode()]
        for end in range(2, len(parts) + 1):
            token = "".join(parts[:end])
            if token not in seen:
                seen.add(token)
                merges.append(("".join(parts[: end - 1]), parts[end - 1]))
                tokens.append(token)
    return merges, tokens


def byte_symbols():
    """GPT-2's printable stand-in for each byte."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {b: chr(b) for b in plain}
    others = [b for b in range(256) if b not in table]
    return table | {b: chr(256 + i) for i, b in enumerate(others)}


def train_words(words, vocab_size):
    """A BPE of Latin words alone; a word is repeated by its weighted count, rare ones are left out."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    lines = (word * n for word, n in words.items() if 2 <= n)
    tokenizer.train_from_iterator(lines, trainer)
    return json.loads(tokenizer.to_str())["model"]


def join(latin, cjk_merges, cjk_tokens):
    by_byte = byte_symbols()
    vocab = {by_byte[b]: b for b in range(256)}
    learned = sorted(latin["vocab"], key=latin["vocab"].get)
    for token in [*learned, *cjk_tokens]:
        vocab.setdefault(token, len(vocab))
    merges = [tuple(m) for m in latin["merges"]] + cjk_merges
    if len(vocab) != TEXT_VOCAB:
        raise SystemExit(f"{len(vocab)} tokens instead of {TEXT_VOCAB}")
    tokenizer = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    tokenizer.pre_tokenizer = splitting()
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def splitting():
    """Agrees with llama.cpp's `gpt-2` splitting on any single piece, and with `text.pieces` on sentences."""
    single = Regex(rf"[{text.CJK}]|\p{{N}}|[^\s\p{{L}}\p{{N}}']")
    return pre_tokenizers.Sequence([
        pre_tokenizers.Split(single, "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True),
    ])


if __name__ == "__main__":
    main()
