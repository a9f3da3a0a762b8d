#!/usr/bin/env python3
"""Speaks the texts of a test of the wake word: the phrase before requests, words that are nearly it, and hours of
other speech.

    wake_speak.py FOLDER [--phrase "hey hearth"] [--hours 10] TEXT...

writes FOLDER/call-CASE-VOICE-LEVEL.wav (LEVEL clean, 20, 10), FOLDER/near-CASE-VOICE.wav, and FOLDER/chatter-NNN.wav of
ten minutes each, read from the texts: plain or .xz, a paragraph a line. Needs what speak.py needs.
"""

import argparse
import lzma
import pathlib
import re

import numpy
from speak import NOISES, RATE, VOICES, Speaker, decoded, framed, lines, mixed, said, spoken_of, write

LEVELS = (20, 10)
# Every sixth request of the hearing test follows the phrase.
EVERY = 6
MINUTES = 10
ESPEAK = ("en-gb", "en-us", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbcwmd", "en-029")
VARIANTS = ("", "+f1", "+f2", "+f3", "+f5", "+m1", "+m3", "+m5", "+m7", "+Annie", "+Alex", "+linda", "+Mike", "+steph")


def pause(seconds):
    return numpy.zeros(int(RATE * seconds))


def calls(folder, speaker, random, phrase):
    """The phrase and a request: in one breath, and with a pause between, in turn."""
    babblers = [framed(getattr(speaker, VOICES[at % 4])(text)) for at, text in enumerate(lines("asides.txt")[:8])]
    for at, line in enumerate(lines("requests.txt")[::EVERY]):
        text = spoken_of(line)
        for voice in VOICES:
            speak = getattr(speaker, voice)
            if at % 2:
                sound = numpy.concatenate([speak(phrase.capitalize() + "."), pause(0.6), speak(text)])
            else:
                sound = speak(f"{phrase.capitalize()}, {text}")
            sound = numpy.concatenate([pause(1), framed(sound), pause(1)])
            write(folder / f"call-{at:02}-{voice}-clean.wav", sound)
            for level in LEVELS:
                noisy = mixed(sound, NOISES[at % 4], level, random, babblers)
                write(folder / f"call-{at:02}-{voice}-{level}.wav", noisy)


def near(folder, speaker):
    for at, text in enumerate(lines("wake_near.txt")):
        for voice in VOICES:
            sound = numpy.concatenate([pause(0.5), framed(getattr(speaker, voice)(text)), pause(0.5)])
            write(folder / f"near-{at:02}-{voice}.wav", sound)


def paragraphs(paths, random):
    """What the texts say, as each in turn says it, from places that are drawn."""
    texts = []
    for path in paths:
        opened = lzma.open(path, "rt") if path.suffix == ".xz" else path.open()
        with opened as file:
            said = (re.sub(r"^(User|Assistant|Question|Answer): ", "", line.strip()) for line in file)
            said = (re.sub(r"[^A-Za-z0-9 ,.;:!?'’-]+", " ", line) for line in said)
            texts.append([line[:600] for line in said if 15 < len(line)])
    at = 0
    while True:
        lines_of = texts[at % len(texts)]
        begin = int(random.integers(len(lines_of)))
        yield from lines_of[begin : begin + 8]
        at += 1


def chatter(folder, speaker, random, texts, hours):
    read = paragraphs(texts, random)
    for number in range(int(hours * 60 / MINUTES)):
        parts, seconds = [], 0.0
        while seconds < MINUTES * 60:
            sound = quick(speaker, number, random, next(read))
            if len(sound) == 0:
                continue
            loud = sound / max(numpy.abs(sound).max(), 1e-6) * random.uniform(0.1, 0.6)
            parts += [loud, pause(random.uniform(0.2, 1.5))]
            seconds += sum(map(len, parts[-2:])) / RATE
        write(folder / f"chatter-{number:03}.wav", numpy.concatenate(parts)[: MINUTES * 60 * RATE])
        print(f"chatter {number}", flush=True)


def quick(speaker, number, random, text):
    """Four of ten files by flite, five by espeak-ng in voices that change, one by Piper's joe."""
    kind = number % 10
    if kind == 9:
        return speaker.joe(text)
    if kind % 2:
        return decoded(said("flite", "-voice", ("rms", "slt", "awb", "kal16")[kind // 2], "-t", text, "-o", "/dev/stdout"))
    voice = ESPEAK[random.integers(len(ESPEAK))] + VARIANTS[random.integers(len(VARIANTS))]
    speed, pitch = str(random.integers(130, 200)), str(random.integers(25, 75))
    return decoded(said("espeak-ng", "-v", voice, "-s", speed, "-p", pitch, "--stdout", text))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("folder", type=pathlib.Path)
    arguments.add_argument("texts", type=pathlib.Path, nargs="*")
    arguments.add_argument("--phrase", default="hey hearth")
    arguments.add_argument("--hours", type=float, default=10)
    arguments = arguments.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    speaker, random = Speaker(), numpy.random.default_rng(11)
    calls(arguments.folder, speaker, random, arguments.phrase)
    near(arguments.folder, speaker)
    if arguments.texts:
        chatter(arguments.folder, speaker, random, arguments.texts, arguments.hours)


if __name__ == "__main__":
    main()
