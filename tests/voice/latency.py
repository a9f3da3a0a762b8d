#!/usr/bin/env python3
"""Measures how quickly speech is acted on: a satellite speaks WAV files to a real hub as fast as people do.

    latency.py FOLDER [--count N]     FOLDER holds the sound that speak.py made; the clean requests are spoken

Prints, from the moment when the hub knows that nobody speaks any more: the time to the words, to the first command over
MQTT, and to the first sound of the reply, p50 and p95; and the memory of the hub and its engines, and how much of one
core hearing takes. Needs mosquitto with its clients, and the programs in target/release. Standard library only.
"""

import argparse
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import threading
import time
import wave

from measure import ROOT, cases, percentile

PIECE = 512


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Satellite:
    """The satellite's end of a Wyoming connection; events with the moment at which they came."""

    def __init__(self, connection):
        self.connection, self.events, self.changed = connection, [], threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def write(self, kind, data=None, payload=b""):
        header = {"type": kind, "data": data or {}, "payload_length": len(payload)}
        self.connection.sendall(json.dumps(header).encode() + b"\n" + payload)

    def read(self):
        stream = self.connection.makefile("rb")
        while line := stream.readline():
            now, header = time.monotonic(), json.loads(line)
            data = stream.read(header.get("data_length") or 0)
            stream.read(header.get("payload_length") or 0)
            if header["type"] == "ping":
                self.write("pong")
            with self.changed:
                self.events.append((now, header["type"], json.loads(data or b"{}")))
                self.changed.notify_all()

    def find(self, since, kind):
        return next((event for event in self.events if since <= event[0] and event[1] == kind), None)

    def wait(self, since, kind, seconds):
        with self.changed:
            self.changed.wait_for(lambda: self.find(since, kind), seconds)
            return self.find(since, kind)


def speak(satellite, path):
    """Speaks a file as it would be spoken, and is silent until the hub knows that it is over."""
    with wave.open(str(path), "rb") as wav:
        form = {"rate": wav.getframerate(), "width": 2, "channels": 1}
        sound = wav.readframes(wav.getnframes())
    began = at = time.monotonic()
    satellite.write("run-pipeline", {"start_stage": "asr", "end_stage": "tts"})
    bytes_so_far = 0
    while not satellite.find(began, "voice-stopped") and time.monotonic() < began + 20:
        piece = sound[bytes_so_far : bytes_so_far + 2 * PIECE].ljust(2 * PIECE, b"\0")
        bytes_so_far += 2 * PIECE
        satellite.write("audio-chunk", form, piece)
        at += PIECE / form["rate"]
        time.sleep(max(0.0, at - time.monotonic()))
    return began, len(sound) / 2 / form["rate"]


def memory_mib(pid):
    with open(f"/proc/{pid}/smaps_rollup") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def engines(hub):
    """The hub and its children, by the names of their programs."""
    found = {"hearthd": hub}
    for status in pathlib.Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if int(fields["PPid"]) == hub:
            found[fields["Name"].strip()] = int(status.parent.name)
    return found


def run(folder, sound, count):
    mqtt, door = free_port(), socket.create_server(("127.0.0.1", 0))
    conf = folder / "mosquitto.conf"
    conf.write_text(f"listener {mqtt} 127.0.0.1\nallow_anonymous true\n")
    config = folder / "hearth.toml"
    config.write_text(
        f'[mqtt]\nhost = "127.0.0.1"\nport = {mqtt}\n[web]\nlisten = "127.0.0.1:{free_port()}"\nhttps_listen = "off"\n'
        f'[demo]\nenabled = true\n[wyoming.connect]\n"127.0.0.1:{door.getsockname()[1]}" = "Living Room"\n'
        "[speech]\nshort_sounds = false\n"
    )
    broker = subprocess.Popen(["mosquitto", "-c", conf], stderr=subprocess.DEVNULL)
    time.sleep(0.5)
    hearthd = os.environ.get("HEARTHD", ROOT / "target/release/hearthd")
    command = [hearthd, "run", "--config", config, "--data-dir", folder / "data", "--models", ROOT / "models"]
    hub = subprocess.Popen(list(map(str, command)), stderr=(folder / "log").open("w"), stdout=subprocess.DEVNULL)
    watch = subprocess.Popen(
        ["mosquitto_sub", "-p", str(mqtt), "-t", "virtual/+/#", "-F", "%t", "-R"], stdout=subprocess.PIPE, text=True
    )
    commands = []
    threading.Thread(
        target=lambda: [commands.append((time.monotonic(), line.strip())) for line in watch.stdout], daemon=True
    ).start()
    try:
        satellite = Satellite(door.accept()[0])
        words = folder / "data/voice"
        until = time.monotonic() + 60
        while not list(words.glob("house-*")) and time.monotonic() < until:
            time.sleep(0.2)
        time.sleep(2)
        parts = engines(hub.pid)
        before, heard_s, rows = cpu_seconds(parts["hearth-asr"]), 0.0, []
        for at, (text, _, _) in enumerate(list(cases())[:count]):
            began, seconds = speak(satellite, sound / f"{at:03}-clean.wav")
            heard_s += seconds
            stopped = satellite.find(began, "voice-stopped")
            transcript = satellite.wait(began, "transcript", 10)
            if not stopped or not transcript:
                print("not heard:", text, file=sys.stderr)
                continue
            reply = satellite.wait(began, "audio-start", 6)
            satellite.wait(began, "audio-stop", 15)
            sent = next((when for when, topic in commands if began <= when and topic.endswith("/set")), None)
            rows.append((transcript[0] - stopped[0], sent and sent - stopped[0], reply and reply[0] - stopped[0]))
        parts = engines(hub.pid)
        work = cpu_seconds(parts["hearth-asr"]) - before
        for name, column in (("the words", 0), ("the first command", 1), ("the first sound of the reply", 2)):
            times = [row[column] * 1000 for row in rows if row[column] is not None]
            print(f"| {name} | {len(times)} | {percentile(times, 0.5):.0f} ms | {percentile(times, 0.95):.0f} ms |")
        print(f"hearing takes {work / heard_s:.2f} of a core while someone speaks")
        print("memory:", ", ".join(f"{name} {memory_mib(pid):.0f} MiB" for name, pid in sorted(parts.items())))
    finally:
        for child in (watch, hub, broker):
            child.terminate()
            child.wait()


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("sound", type=pathlib.Path)
    arguments.add_argument("--count", type=int, default=60)
    arguments = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run(pathlib.Path(folder), arguments.sound.resolve(), arguments.count)


if __name__ == "__main__":
    main()
