#!/usr/bin/env python3
"""Measures the wake word on the sound that wake_speak.py made: how often the phrase is missed, how often what is nearly
it wakes the hub, and how often an hour other speech does.

    wake_measure.py FOLDER [--phrase "hey hearth"]

Prints the tables of docs/voice.md. Standard library only.
"""

import argparse
import collections
import os
import pathlib
import subprocess
import wave

ROOT = pathlib.Path(__file__).parent.parent.parent
LEVELS = ("clean", "20", "10")


def woken(files, phrase):
    """Where the phrase was said in each file, in seconds."""
    program = os.environ.get("HEARTHD", ROOT / "target/release/hearthd")
    command = [program, "wake", "--phrase", phrase, "--models", ROOT / "models", *files]
    out = subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout
    said = collections.defaultdict(list)
    for line in out.splitlines():
        name, second, _ = line.split("\t")
        said[pathlib.Path(name).name].append(float(second))
    return said


def seconds(file):
    with wave.open(str(file)) as wav:
        return wav.getnframes() / wav.getframerate()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("--phrase", default="hey hearth")
    arguments = arguments.parse_args()
    print("| sound | said | missed | heard a second time |")
    print("|---|---|---|---|")
    for level in LEVELS:
        files = sorted(arguments.folder.glob(f"call-*-{level}.wav"))
        said = woken(files, arguments.phrase)
        missed = [file.stem for file in files if not said[file.name]]
        again = sum(len(times) - 1 for times in said.values() if times)
        print(f"| {level} | {len(files)} | {100 * len(missed) / len(files):.1f} % | {again} |", flush=True)
        print(f"    missed by voice: {dict(collections.Counter(name.split('-')[2] for name in missed))}")
    files = sorted(arguments.folder.glob("near-*.wav"))
    said = woken(files, arguments.phrase)
    print(f"nearly it: {sum(bool(said[file.name]) for file in files)} of {len(files)}: {sorted(filter(said.get, said))}")
    files = sorted(arguments.folder.glob("chatter-*.wav"))
    if not files:
        return
    hours, said = 0.0, {}
    for file in files:
        said.update({name: times for name, times in woken([file], arguments.phrase).items() if times})
        hours += seconds(file) / 3600
        print(f"    {hours:.1f} hours: {said}", flush=True)
    false = sum(map(len, said.values()))
    print(f"other speech: {false} in {hours:.1f} hours, {false / hours:.2f} an hour: {dict(said)}")


if __name__ == "__main__":
    main()
