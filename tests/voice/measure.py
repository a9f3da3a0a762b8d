#!/usr/bin/env python3
"""Measures how well spoken requests are heard and done: typed, clean, and at 20, 10 and 5 dB; and what asides move.

    measure.py FOLDER [--only clean,20] [--misses] [--words both]     FOLDER holds the sound that speak.py made

`--words house` hears with the words of the house alone, `--words open` without them; the hub hears with both.

Prints the table of docs/voice.md: the share that came to what it should, the share that moved something else, the word
error rate, and how long the words took. Standard library only.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
HOME = ROOT / "tests/houses/demo.en.json"
MODELS = ROOT / "models"
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()


def cases():
    """The requests: words, place, and the ways in which they may end."""
    lines = [line.strip() for line in (HERE / "requests.txt").read_text().splitlines()]
    for line in lines:
        if line and line[0] != "#":
            said, wanted = line.split("=>")
            place = re.match(r"\(([^)]*)\)", said.strip())
            text = re.sub(r"^\([^)]*\)\s*", "", said.strip())
            yield text, place and place.group(1), [way.strip() for way in wanted.split(" | ")]


def models(words, folder):
    """The models, with a recogniser whose language is the house's alone, anyone's alone, or both."""
    if words == "both":
        return ROOT / "models"
    copy = folder / "models"
    ear = "hearth-en-small"
    copy.mkdir()
    for entry in (ROOT / "models").iterdir():
        if entry.name != ear:
            (copy / entry.name).symlink_to(entry)
    shutil.copytree(ROOT / "models" / ear, copy / ear)
    if words == "open":
        (copy / ear / "house.arpa").unlink()
    else:
        forbid(copy / ear / "graph/Gr.fst")
    return copy


def forbid(fst):
    """Makes every word of a language model dearer than any sound can be worth."""
    made = bytearray(fst.read_bytes())
    at = 4
    for _ in range(2):
        at += 4 + struct.unpack_from("<I", made, at)[0]
    arcs = struct.unpack_from("<q", made, at + 4 + 4 + 8 + 8 + 8)[0]
    for arc in range(len(made) - arcs * 16, len(made), 16):
        word, cost = struct.unpack_from("<if", made, arc + 4)
        struct.pack_into("<f", made, arc + 8, cost + FORBIDDEN * (word != 0))
    fst.write_bytes(made)


FORBIDDEN = 1000.0


def simulate(rows, folder):
    """Plays rows; gives what came of each by its id."""
    source, result = folder / "dialogues.jsonl", folder / "out.jsonl"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows))
    program = os.environ.get("HEARTHD", ROOT / "target/release/hearthd")
    command = [program, "simulate", "--home", HOME, "--input", source, "--output", result, "--models", MODELS]
    subprocess.run(list(map(str, command)), check=True, stderr=subprocess.DEVNULL)
    return {out["id"]: out for out in map(json.loads, result.read_text().splitlines())}


def dialogue(name, text, place, wav):
    turn = {"wav": str(wav)} if wav else {"text": text}
    return {
        "id": name,
        "lang": "en",
        "start": "2026-03-02T19:30:00+01:00",
        "pin": "2468",
        "turns": [{**turn, "area": place}],
    }


def is_right(out, ways):
    return any(came(out, way) for way in ways)


def came(out, way):
    turn, changed = out["turns"][0], out["changed"]
    states = {name: change for name, change in changed.items() if "state" in change or "attributes" in change}
    states = {name: change for name, change in states.items() if not name.startswith("todo.")}
    if way == "ask":
        return turn["outcome"] in ("ask", "refuse") and not states
    if way == "none":
        return not states
    if way.startswith("answer"):
        return turn["outcome"] == "answer" and not states and all(
            word in turn["reply"].lower() for word in way.split()[1:]
        )
    if way.startswith("timer"):
        timers = [pending for pending in out["pending"] if pending["kind"] == "timer"]
        return not states and [timer["seconds"] for timer in timers] == [int(way.split()[1])]
    wanted = {}
    for part in way.split(","):
        name, *attributes = part.split()
        name, _, state = name.partition("=")
        wanted[name] = (state, dict(attribute.split(":") for attribute in attributes))
    moved = {name for name, change in states.items() if name not in wanted}
    return not moved and all(reached(changed.get(name, {}), *want) for name, want in wanted.items())


START = {entity["id"]: entity for entity in json.loads(HOME.read_text())["entities"]}


def reached(change, state, attributes):
    """Whether a change ends where it should. What was so already need not have changed."""
    if state in ("", "*") and not attributes and not change:
        return False
    return (state in ("", "*") or change.get("state", state) == state) and all(
        near(change.get("attributes", {}).get(name, value), value) for name, value in attributes.items()
    )


def near(got, want):
    return abs(float(got) - float(want)) <= max(abs(float(want)) * 0.03, 0.01)


def words(text):
    spoken = []
    for word in re.findall(r"[a-z]+(?:'[a-z]+)*|\d+", text.lower().replace("%", " percent")):
        spoken += [ONES[int(word)]] if word.isdigit() and int(word) < 20 else [word]
    return spoken


def distance(want, got):
    row = list(range(len(got) + 1))
    for at, one in enumerate(want, 1):
        corner, row[0] = row[0], at
        for place, other in enumerate(got, 1):
            corner, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, corner + (one != other))
    return row[-1]


def wrong(out, ways):
    """Whether something moved that should not have."""
    return not is_right(out, ways) and any(name.split(".")[0] != "todo" for name in out["changed"])


def percentile(values, share):
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0.0


def measure(level, sound, folder, misses):
    rows, known = [], {}
    for at, (text, place, ways) in enumerate(cases()):
        name = f"{at:03}"
        wav = None if level == "typed" else sound / f"{name}-{level}.wav"
        rows.append(dialogue(name, text, place, wav))
        known[name] = (text, ways)
    out = simulate(rows, folder)
    right = sum(is_right(out[name], ways) for name, (_, ways) in known.items())
    bad = sum(wrong(out[name], ways) for name, (_, ways) in known.items())
    line = f"| {level} | {100 * right / len(known):.1f} % | {100 * bad / len(known):.1f} % |"
    if level != "typed":
        pairs = [(words(text), words(out[name]["turns"][0]["heard"])) for name, (text, _) in known.items()]
        rate = sum(distance(*pair) for pair in pairs) / sum(len(want) for want, _ in pairs)
        times = [out[name]["turns"][0]["ms"] for name in known]
        asr, total = ([one[key] for one in times] for key in ("asr", "total"))
        line += f" {100 * rate:.1f} % | {percentile(asr, 0.5):.0f} / {percentile(asr, 0.95):.0f}"
        line += f" | {percentile(total, 0.5):.0f} / {percentile(total, 0.95):.0f} |"
    print(line, flush=True)
    for name, (text, ways) in known.items() if misses else ():
        if not is_right(out[name], ways):
            turn = out[name]["turns"][0]
            shown = [text, turn.get("heard"), turn["outcome"], json.dumps(out[name]["changed"]), turn["reply"]]
            print("   ", "WRONG" if wrong(out[name], ways) else "miss", name, *shown, sep=" | ")


def asides(sound, folder):
    rows = [dialogue(path.stem, None, "Living Room", path) for path in sorted(sound.glob("aside-*.wav"))]
    out = simulate(rows, folder)
    moved = [name for name, one in out.items() if one["changed"] or one["pending"]]
    print(f"asides: of {len(rows)} clips without a request, {len(moved)} moved something: {moved}")
    for name in moved:
        print("   ", name, out[name]["turns"][0]["heard"], json.dumps(out[name]["changed"]))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("sound", type=pathlib.Path)
    arguments.add_argument("--only", default="typed,clean,20,10,5,asides")
    arguments.add_argument("--misses", action="store_true")
    arguments.add_argument("--words", choices=("both", "house", "open"), default="both")
    arguments = arguments.parse_args()
    sound = arguments.sound.resolve()
    print("| sound | right | wrong deed | words wrong | words, ms p50 / p95 | turn, ms p50 / p95 |")
    print("|---|---|---|---|---|---|")
    global MODELS
    with tempfile.TemporaryDirectory() as folder:
        MODELS = models(arguments.words, pathlib.Path(folder))
        for level in arguments.only.split(","):
            if level == "asides":
                asides(sound, pathlib.Path(folder))
            else:
                measure(level, sound, pathlib.Path(folder), arguments.misses)
    return 0


if __name__ == "__main__":
    sys.exit(main())
