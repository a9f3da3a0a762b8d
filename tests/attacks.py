#!/usr/bin/env python3
"""Does to a hub what attackers and broken devices do, and says what held: tests/attacks.py

Floods, held connections and a fight for the hub's own login, on a hub of its own with the embedded broker, under the
limit on open files that a plain process has. Fails if something gets through, or if hub and engine together ever take
more memory than the unit allows them. Takes about two minutes; what takes seconds is among the tests in Rust.
"""

import http.client
import json
import re
import resource
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
HUB = ROOT / "target/release/hearthd"
PASSWORD = "correct-horse-battery"
MOST_MB = 600
MOST_FILES = 1024
PLUG = {"name": "Plug", "unique_id": "plug", "command_topic": "good/plug/set", "state_topic": "good/plug"}


def main():
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder))
        fell = []
        for attack in ATTACKS:
            home.most_mb = 0.0
            try:
                reason = attack(home)
            except (OSError, AssertionError) as error:
                reason = f"{type(error).__name__}: {error}"
            if reason is None and MOST_MB < home.most_mb:
                reason = "hub and engine took more memory than the unit allows"
            took = f"at most {home.most_mb:.0f} MB"
            print(f"{'held' if reason is None else 'FELL'}  {attack.__doc__}  ({took})", flush=True)
            if reason is not None:
                print(f"      {reason}")
                fell.append(attack.__name__)
        home.stop()
    sys.exit(bool(fell))


class Home:
    """A hub, and how much memory it took at most."""

    def __init__(self, folder):
        self.folder, self.mqtt, self.web, self.voice = folder, free_port(), free_port(), free_port()
        self.most_mb, self.process = 0.0, None
        users = "".join(
            f'[[broker.users]]\nname = "{name}"\npassword = "{PASSWORD}"\ntrees = ["{name}/#"]\n'
            for name in ("evil", "good")
        )
        (folder / "hearth.toml").write_text(
            f'[broker]\nlisten = "127.0.0.1:{self.mqtt}"\n[web]\nlisten = "127.0.0.1:{self.web}"\n'
            f'[wyoming]\nlisten = "0.0.0.0:{self.voice}"\n{users}'
        )
        self.start()
        threading.Thread(target=self.watch, daemon=True).start()

    def start(self):
        command = [HUB, "run", "--config", self.folder / "hearth.toml", "--data-dir", self.folder]
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FILES, MOST_FILES))
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(
                [*command, "--models", ROOT / "models"], stdout=log, stderr=log, preexec_fn=limit
            )
        self.healthy(30)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def watch(self):
        while True:
            pids = [self.process.pid, *children(self.process.pid)]
            self.most_mb = max(self.most_mb, sum(map(resident, pids)))
            time.sleep(0.05)

    def healthy(self, seconds):
        """Waits until the hub is there and has its broker; says what it is without, if it has not by then."""
        end, parts = time.monotonic() + seconds, "no answer"
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.web}/healthz", timeout=3) as answer:
                    health = json.load(answer)
                    parts = [one["part"] for one in health["degraded"]]
                    if not {"broker", "store"} & set(parts):
                        return None
            except OSError as error:
                parts = str(error)
            time.sleep(0.1)
        raise AssertionError(f"the hub is not well after {seconds} s: {parts}")

    def get(self, path, address="127.0.0.1"):
        """What the hub answers one who comes from that address."""
        login = json.loads((self.folder / "local-login.json").read_text())
        connection = http.client.HTTPConnection("127.0.0.1", self.web, timeout=10, source_address=(address, 0))
        connection.request("GET", f"/api/v1/{path}", headers={"authorization": f"Bearer {login['token']}"})
        with connection.getresponse() as answer:
            return json.load(answer)

    def is_there(self, name):
        return any(one["name"] == name for one in self.get("house")["entities"])


class Client:
    """A little of MQTT 5."""

    def __init__(self, home, user, client_id, clean=True):
        self.stream = socket.create_connection(("127.0.0.1", home.mqtt), timeout=120)
        flags = 0xC0 | (2 if clean else 0)
        properties = b"" if clean else b"\x11" + struct.pack(">I", 3600)
        head = text("MQTT") + bytes([5, flags]) + struct.pack(">H", 600) + varint(len(properties)) + properties
        self.send(0x10, head + text(client_id) + text(user) + text(PASSWORD))
        kind, body = self.read()
        self.code = body[1] if kind == 0x20 else None

    def send(self, kind, body):
        self.stream.sendall(bytes([kind]) + varint(len(body)) + body)

    def read(self):
        kind = self.stream.recv(1)
        if not kind:
            raise OSError("the broker ended the connection")
        length = shift = 0
        while True:
            byte = self.stream.recv(1)[0]
            length, shift = length | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                break
        body = b""
        while len(body) < length:
            body += self.stream.recv(length - len(body))
        return kind[0] & 0xF0, body

    def publish(self, topic, payload, retain=False, properties=b"", number=0):
        """With a number it waits until the broker has answered."""
        kind = 0x30 | (2 if number else 0) | (1 if retain else 0)
        head = text(topic) + (struct.pack(">H", number) if number else b"") + varint(len(properties)) + properties
        self.send(kind, head + payload)
        while number and self.read()[0] != 0x40:
            pass

    def subscribe(self, topic):
        self.send(0x82, struct.pack(">H", 1) + b"\x00" + text(topic) + b"\x01")
        while self.read()[0] != 0x90:
            pass

    def close(self):
        self.stream.close()


def a_lock_of_another(home):
    """a bridge announces a lamp that is another bridge's plug"""
    good = Client(home, "good", "good")
    good.publish("homeassistant/switch/plug/config", json.dumps(PLUG).encode(), retain=True, number=1)
    evil = Client(home, "evil", "evil")
    lamp = {"name": "Evil lamp", "unique_id": "evil", "command_topic": "good/plug/set", "optimistic": True}
    evil.publish("homeassistant/light/evil/config", json.dumps(lamp).encode(), retain=True, number=1)
    evil.publish("homeassistant/switch/plug/config", json.dumps(lamp).encode(), retain=True, number=2)
    until(lambda: home.is_there("Plug"), "the plug to be there")
    refused = until(lambda: home.get("refusals"), "what was refused to be shown")
    good.close()
    evil.close()
    if home.is_there("Evil lamp"):
        return "the lamp is there"
    return None if 2 <= len(refused) else f"only these are shown: {refused}"


def the_hubs_own_login(home):
    """a bridge logs in as the hub without pause while the hub starts"""
    home.stop()
    is_over = threading.Event()

    def fight(name):
        while not is_over.is_set():
            try:
                Client(home, "evil", name).close()
            except OSError:
                time.sleep(0.01)

    fighters = [threading.Thread(target=fight, args=(name,)) for name in ("hearth-hub", "hearth", "hearth-hub", "hub")]
    for one in fighters:
        one.start()
    try:
        home.start()
    finally:
        is_over.set()
        for one in fighters:
            one.join()
    return None


def retained_properties(home):
    """retained messages of one byte with 4 MB of properties, and a restart"""
    properties = b"".join(b"\x26" + text("x") + text("y" * 65_000) for _ in range(60))
    for number in range(1, 201):
        try:
            client = Client(home, "evil", "bomber")
            client.publish(f"evil/bomb/{number}", b"x", retain=True, properties=properties, number=number)
            client.close()
        except OSError:
            pass
    time.sleep(10)
    home.stop()
    home.start()
    return works(home)


def an_absent_subscriber(home):
    """1,500 messages of 1 MB for a client that is away"""
    away = Client(home, "evil", "away", clean=False)
    away.subscribe("evil/#")
    away.close()
    sender = Client(home, "evil", "sender")
    for number in range(1, 1501):
        try:
            sender.publish("evil/large", b"z" * 1_000_000, number=number)
        except OSError:
            sender = Client(home, "evil", "sender")
    sender.close()
    return works(home)


def the_retained_share_of_another(home):
    """100,000 retained topics of one bridge, and then one of another"""
    client = Client(home, "evil", "flood")
    for number in range(100_000):
        client.publish(f"evil/flood/{number}", b"x" * 50, retain=True)
    client.publish("evil/end", b"x", number=1)
    client.close()
    good = Client(home, "good", "good")
    good.publish("good/kept", b"here", retain=True, number=1)
    good.subscribe("good/kept")
    kind, body = good.read()
    good.close()
    if kind != 0x30 or not body.endswith(b"here"):
        return "what the other bridge retains is not kept"
    return works(home)


def silent_connections(home):
    """965 connections to the page that say nothing, and 100 to the voice"""
    held = [connected(home.web) for _ in range(965)]
    held += [connected(home.voice) for _ in range(100)]
    time.sleep(1)
    reason = works(home, address="127.0.0.9")
    for one in held:
        if one:
            one.close()
    time.sleep(1)
    home.healthy(5)
    return reason


def works(home, address="127.0.0.1"):
    """Whether page, broker and voice still serve one who comes from that address."""
    for port, said, wanted in (
        (home.web, b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n", b"200 OK"),
        (home.voice, b'{"type":"describe"}\n', b"info"),
    ):
        with socket.create_connection(("127.0.0.1", port), timeout=5, source_address=(address, 0)) as stream:
            stream.sendall(said)
            if wanted not in stream.recv(4096):
                return f"port {port} does not answer"
    good = Client(home, "good", "good")
    good.publish("good/plug", b"ON", retain=True, number=1)
    good.close()
    until(lambda: home.get("house", address)["status"]["broker"], "the hub to have its broker")
    return None


def connected(port):
    try:
        return socket.create_connection(("127.0.0.1", port), timeout=2)
    except OSError:
        return None


def until(look, what, seconds=15):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := look():
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited in vain for {what}")


def text(words):
    return struct.pack(">H", len(words)) + words.encode()


def varint(number):
    written = b""
    while True:
        byte, number = number & 0x7F, number >> 7
        written += bytes([byte | (0x80 if number else 0)])
        if not number:
            return written


def children(pid):
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True)
    return [int(one) for one in found.stdout.split()]


def resident(pid):
    try:
        found = re.search(r"^VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)
    except OSError:
        return 0.0
    return int(found[1]) / 1024 if found else 0.0


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


ATTACKS = [
    a_lock_of_another,
    the_hubs_own_login,
    silent_connections,
    the_retained_share_of_another,
    an_absent_subscriber,
    retained_properties,
]

if __name__ == "__main__":
    main()
