#!/usr/bin/env python3
"""Holds a hub under load and says every half minute what it takes: tests/soak.py [MINUTES]

Five hundred reports a second from a bridge at the embedded broker, and a request a second from the command line, on the
virtual house. Fails if memory, open files or the written bytes of the last third grow beyond those of the second.
"""

import json
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parent.parent
HUB = ROOT / "target/release/hearthd"
SENSORS, EACH_A_SECOND = 50, 10
PASSWORD = "correct-horse-battery"
WARMTH = {"device_class": "temperature", "unit_of_measurement": "°C"}
LAMPS = ["desk lamp", "counter lights", "pendant light", "porch light", "night light"]


def main():
    minutes = float(sys.argv[1]) if 1 < len(sys.argv) else 15
    if minutes < 2:
        raise SystemExit("two minutes at least: the last third is compared with the second")
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        mqtt, web = free_port(), free_port()
        (data / "hearth.toml").write_text(
            f'[broker]\nlisten = "127.0.0.1:{mqtt}"\n[web]\nlisten = "127.0.0.1:{web}"\n'
            f'[[broker.users]]\nname = "soak"\npassword = "{PASSWORD}"\ntrees = ["soak/#"]\n'
        )
        command = [HUB, "run", "--demo", "--config", data / "hearth.toml", "--data-dir", data, "--models", ROOT / "models"]
        with open(data / "log", "wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as hub:
            try:
                healthy(web)
                rows = load(hub.pid, data, mqtt, minutes)
            finally:
                hub.terminate()
    grown = [name for name, (middle, last) in ends(rows).items() if middle * 1.1 + 2 < last]
    print("grown: " + ", ".join(grown) if grown else "nothing grew")
    sys.exit(bool(grown))


def load(pid, data, mqtt, minutes):
    """Reports and requests until the time is over; what the hub took, each half minute."""
    bridges = [bridge(mqtt, n) for n in range(SENSORS)]
    announce(mqtt)
    start = noted = time.monotonic()
    sent = asked = 0
    rows, saying = [], None
    print("min | hub MB | engine MB | files | written MB/h | reports | requests", flush=True)
    before = taken(pid)["written"]
    while (now := time.monotonic()) - start < minutes * 60:
        due = int((now - start) * EACH_A_SECOND)
        while sent < due:
            for n, one in enumerate(bridges):
                one.stdin.write(f"{(sent * 7 + n) % 400 / 10}\n".encode())
                one.stdin.flush()
            sent += 1
        if asked < int(now - start) and (saying is None or saying.poll() is not None):
            lamp, way = LAMPS[asked // 2 % len(LAMPS)], ("on", "off")[asked % 2]
            words = [HUB, "say", "--data-dir", data, f"turn {way} the {lamp}"]
            saying = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            asked += 1
        if 30 <= now - noted:
            row = taken(pid)
            hours = (now - noted) / 3600
            row["written"], before = (row["written"] - before) / 1e6 / hours, row["written"]
            noted = now
            rows.append(row)
            told = " | ".join(f"{row[key]:.0f}" for key in ("hub", "engine", "files", "written"))
            print(f"{(now - start) / 60:.1f} | {told} | {sent * SENSORS} | {asked}", flush=True)
        time.sleep(0.01)
    for one in bridges:
        one.stdin.close()
        one.wait()
    return rows


def bridge(port, n):
    command = ["mosquitto_pub", "-p", str(port), "-u", "soak", "-P", PASSWORD, "-r", "-l", "-t", f"soak/{n}"]
    return subprocess.Popen(command, stdin=subprocess.PIPE)


def announce(port):
    for n in range(SENSORS):
        config = json.dumps({"name": f"Soak {n}", "unique_id": f"soak{n}", "state_topic": f"soak/{n}"} | WARMTH)
        topic = f"homeassistant/sensor/soak{n}/config"
        login = ["-p", str(port), "-u", "soak", "-P", PASSWORD]
        subprocess.run(["mosquitto_pub", *login, "-r", "-t", topic, "-m", config], check=True)


def taken(pid):
    """Resident memory of hub and engine in MB, open files, and bytes written since the start."""
    children = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    written = re.search(r"^write_bytes: (\d+)", Path(f"/proc/{pid}/io").read_text(), re.M)
    files = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return {"hub": resident(pid), "engine": sum(map(resident, children)), "files": files, "written": int(written[1])}


def resident(pid):
    found = re.search(r"^VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)
    return int(found[1]) / 1024 if found else 0.0


def ends(rows):
    """Means of the second and the last third."""
    third = max(1, len(rows) // 3)
    mean = lambda part, key: sum(row[key] for row in part) / len(part)
    return {key: (mean(rows[third : 2 * third], key), mean(rows[-third:], key)) for key in ("hub", "engine", "files", "written")}


def healthy(port):
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1)
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the hub did not become ready; its log says why")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


if __name__ == "__main__":
    main()
