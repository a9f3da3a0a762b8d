#!/usr/bin/env python3
"""Measures how often a strange name is heard: "turn on the NAME" for each of names.txt, in four voices.

    names.py FOLDER     speaks into FOLDER what is not there yet, with what speak.py needs

Prints the share that switched the thing of that name and nothing else, the share that switched another, and the misses.
"""

import json
import pathlib
import sys
import tempfile

import measure

HOME = {
    "floors": [],
    "areas": [{"name": "Living Room", "aliases": []}],
    "timers": [],
    "media": [],
}


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    lines = [line.strip() for line in (measure.HERE / "names.txt").read_text().splitlines()]
    names = [line for line in lines if line and line[0] != "#"]
    speak(folder, names)
    lamp = {"aliases": [], "domain": "light", "area": "Living Room", "state": "off", "attributes": {}}
    ids = {name: "light." + "".join(letter if letter.isalnum() else "_" for letter in name.lower()) for name in names}
    home = {**HOME, "entities": [{**lamp, "id": ids[name], "name": name} for name in names]}
    with tempfile.TemporaryDirectory() as made:
        measure.HOME = pathlib.Path(made) / "home.json"
        measure.HOME.write_text(json.dumps(home))
        rows = [measure.dialogue(wav.stem, None, "Living Room", wav) for wav in sorted(folder.glob("*.wav"))]
        out = measure.simulate(rows, pathlib.Path(made))
    right = wrong = 0
    for row in rows:
        said, came = names[int(row["id"].split("-")[0])], out[row["id"]]
        moved = {name for name, change in came["changed"].items() if change.get("state") == "on"}
        right += moved == {ids[said]}
        wrong += bool(moved - {ids[said]})
        if moved != {ids[said]}:
            print("   ", row["id"], said, "|", came["turns"][0].get("heard"), "|", came["turns"][0]["reply"])
    print(f"right {100 * right / len(rows):.1f} %, another {100 * wrong / len(rows):.1f} %, of {len(rows)}")


def speak(folder, names):
    wanted = [(at, voice) for at in range(len(names)) for voice in ("joe", "nezumi", "rms", "clan")]
    missing = [(at, voice) for at, voice in wanted if not (folder / f"{at:02}-{voice}.wav").exists()]
    if not missing:
        return
    from speak import Speaker, framed, write

    speaker = Speaker()
    for at, voice in missing:
        write(folder / f"{at:02}-{voice}.wav", framed(getattr(speaker, voice)(f"turn on the {names[at]}")))


if __name__ == "__main__":
    main()
