"""What both training stages share: stopping cleanly, checkpoints and the log."""

import json
import os
import signal
from pathlib import Path

import torch

from model import Model, Shape

WORK = Path(__file__).parent / "work"


class Stop:
    """Becomes true on SIGTERM or SIGINT, so that a stage can save and leave."""

    def __init__(self):
        self.asked = False
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.ask)

    def ask(self, *_):
        self.asked = True

    def __bool__(self):
        return self.asked


def save(path, model, made, **more):
    """Written beside and renamed, so that a crash never leaves half a checkpoint."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {
        "shape": model.shape.as_dict(),
        "model": model.state_dict(),
        "optimisers": [o.state_dict() for o in made],
        **more,
    }
    beside = path.with_suffix(".tmp")
    torch.save(state, beside)
    os.replace(beside, path)


def load(path):
    """The model and the rest of the checkpoint."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = Model(Shape(**state["shape"]))
    model.load_state_dict(state["model"])
    return model, state


def restore(made, states):
    for optimiser, state in zip(made, states, strict=True):
        full = [group["full_lr"] for group in optimiser.param_groups]
        optimiser.load_state_dict(state)
        for group, lr in zip(optimiser.param_groups, full, strict=True):
            group["full_lr"] = lr


class Log:
    """One JSON object a line, and the same on the screen."""

    def __init__(self, path):
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = open(path, "a", encoding="utf-8")

    def write(self, **fields):
        line = json.dumps(fields, ensure_ascii=False)
        self.file.write(line + "\n")
        self.file.flush()
        print(line, flush=True)


def device_and_type(wanted):
    device = wanted or ("cuda" if torch.cuda.is_available() else "cpu")
    return device, torch.bfloat16
