#!/usr/bin/env python3
"""Makes the language model of requests to a house: how people speak to one, with classes in place of the names.

    language.py --words ../hearth-en-small/graph/words.txt --text ../natural/en-*.txt ... --output house.arpa

A line of text is a request of `models/natural`: `[light:banker's lamp] off please => HassTurnOff name=$1`. What stands
in brackets becomes its class, `<light>`; the hub puts the names of its own house there. The result is an ARPA file of
three words, smoothed by interpolated absolute discounting (Kneser and Ney 1995), over words of the recogniser alone.
Nothing beyond Python is needed.
"""

import argparse
import collections
import math
import re

MARK = re.compile(r"\[([a-z_]+)(?:\.[a-z_]+)?:([^\]]*)\]('s|’s)?")
WORD = re.compile(r"[a-z]+(?:'[a-z]+)*'?|\d+")
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
SIGNS = (("%", " percent "), ("°c", " degrees "), ("°f", " degrees "), ("°", " degrees "), ("&", " and "), ("’", "'"))
ORDER = 3
DISCOUNTS = (0.6, 0.7, 0.75)
# A word that is none of the dictionary and one slip away from one that is said so often is a slip of the pen.
OFTEN = 20


def spoken_number(number):
    if number < 20:
        return [ONES[number]]
    if number < 100:
        return [TENS[number // 10]] + ([ONES[number % 10]] if number % 10 else [])
    if number < 1000:
        return spoken_number(number // 100) + ["hundred"] + (spoken_number(number % 100) if number % 100 else [])
    if number < 10000:
        return spoken_number(number // 1000) + ["thousand"] + (spoken_number(number % 1000) if number % 1000 else [])
    return [ONES[int(digit)] for digit in str(number)]


def spoken(text, vocabulary):
    """The words of a text as they are said."""
    text = text.lower()
    for sign, words in SIGNS:
        text = text.replace(sign, words)
    words = []
    for word in WORD.findall(text):
        if word.isdigit():
            words += spoken_number(int(word)) if word[0] != "0" else [ONES[int(digit)] for digit in word]
        elif word in vocabulary:
            words.append(word)
        else:
            words.append(word.strip("'").removesuffix("'s"))
    return words


def request(line, vocabulary):
    """The words of a line of text, with classes for the names."""
    words, at = [], 0
    plain = lambda text: spoken(re.sub(r"[{}<>]", " ", text), vocabulary)
    for mark in MARK.finditer(line):
        words += plain(line[at : mark.start()]) + [f"<{mark.group(1)}>"]
        at = mark.end()
    return words + plain(line[at:])


def requests(paths, vocabulary):
    for path in paths:
        with open(path, encoding="utf-8") as lines:
            for line in map(str.strip, lines):
                if line and line[0] not in "#<":
                    yield request(line.split("=>")[0], vocabulary)


def is_slip(one, other):
    """Whether one word is the other with one letter more, less, changed or swapped."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((at for at, pair in enumerate(zip(one, other)) if pair[0] != pair[1]), min(len(one), len(other)))
    one, other = one[start:], other[start:]
    return one[1:] == other[1:] or one[1:] == other or one == other[1:] or (one[1:2] + one[:1] + one[2:]) == other


def slips(sentences, dictionary):
    counts = collections.Counter(word for words in sentences for word in words)
    often = [word for word, count in counts.items() if OFTEN <= count and len(word) > 2 and word[0] != "<"]
    strange = [word for word in counts if word not in dictionary and word[0] != "<" and "'" not in word]
    return {
        word for word in strange if any(is_slip(word, other) and word != other + "s" for other in often) or len(word) > 40
    }


def count(sentences, vocabulary):
    counts = [collections.Counter() for _ in range(ORDER)]
    known = lambda word: word in vocabulary or word[0] == "<"
    for sentence in sentences:
        words = ["<s>", *sentence, "</s>"]
        for end in range(1, len(words)):
            for order in range(ORDER):
                gram = tuple(words[max(end - order, 0) : end + 1])
                if len(gram) == order + 1 and all(map(known, gram)):
                    counts[order][gram] += 1
    return counts


def estimate(counts):
    """Probabilities of the grams, and the weights with which what follows them falls back."""
    probabilities, weights = [], []
    for order in range(ORDER):
        seen = counts[order] if order == ORDER - 1 else continuations(counts, order)
        total, mass = collections.Counter(), collections.Counter()
        for gram, times in seen.items():
            total[gram[:-1]] += times
            mass[gram[:-1]] += min(DISCOUNTS[order], times)
        weight = {history: mass[history] / total[history] for history in total}
        below = probabilities[order - 1] if order else {}
        probability = {
            gram: (times - min(DISCOUNTS[order], times)) / total[gram[:-1]]
            + weight[gram[:-1]] * below.get(gram[1:], 1 / len(seen) if order == 0 else 0)
            for gram, times in seen.items()
        }
        probabilities.append({gram: value for gram, value in probability.items() if value > 0})
        weights.append(weight)
    return probabilities, weights


def continuations(counts, order):
    """How many different words stand before a gram; for what begins a request, how often it does."""
    found = collections.Counter(gram[1:] for gram in counts[order + 1])
    begins = {gram: times for gram, times in counts[order].items() if gram[0] == "<s>"}
    return collections.Counter({**found, **begins})


def write(path, probabilities, weights):
    log = lambda value: f"{math.log10(value):.4f}"
    with open(path, "w", encoding="utf-8") as out:
        out.write("\\data\\\n")
        start = {("<s>",): None}
        tables = [{**start, **probabilities[0]}, *probabilities[1:]]
        for order, table in enumerate(tables, 1):
            out.write(f"ngram {order}={len(table)}\n")
        for order, table in enumerate(tables, 1):
            out.write(f"\n\\{order}-grams:\n")
            for gram, value in sorted(table.items()):
                back = weights[order].get(gram) if order < ORDER else None
                tail = f"\t{log(back)}" if back else ""
                out.write(f"{'-99' if value is None else log(value)}\t{' '.join(gram)}{tail}\n")
        out.write("\n\\end\\\n")


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--words", required=True, help="the recogniser's list of words")
    arguments.add_argument("--dictionary", required=True, help="cmudict.dict, to tell words from slips of the pen")
    arguments.add_argument("--text", required=True, nargs="+", help="requests, a line each")
    arguments.add_argument("--output", required=True)
    arguments = arguments.parse_args()
    with open(arguments.words, encoding="utf-8") as lines:
        vocabulary = {line.split()[0] for line in lines}
    vocabulary -= {"<eps>", "!SIL", "[unk]", "#0", "<s>", "</s>"}
    with open(arguments.dictionary, encoding="utf-8") as lines:
        dictionary = {re.split(r"[ (]", line)[0] for line in lines}
    sentences = list(requests(arguments.text, vocabulary))
    wrong = slips(sentences, dictionary)
    counts = count(sentences, vocabulary - wrong)
    probabilities, weights = estimate(counts)
    write(arguments.output, probabilities, weights)
    print(f"{len(sentences)} requests, {[len(table) for table in probabilities]} grams, {len(wrong)} slips left out")
    print(" ".join(sorted(wrong)))


if __name__ == "__main__":
    main()
