"""What both training stages share: stopping cleanly, checkpoints and the log."""

import json
import os
import re
import signal
from pathlib import Path

import torch

import shipped
from model import Model, Shape
from pieces import Pieces
from rows import Vocabulary, read_names

WORK = Path(__file__).parent / "work"
# Pieces of the encoder, and the first of its places that is used.
BEGIN, END, UNKNOWN = 0, 2, 3
FIRST_PLACE = 2


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


def begin(args):
    """What a run of training starts with: the model on its device, its vocabulary, the log, device and type."""
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    device, kind = device_and_type(args.device)
    model, vocabulary = start(args.start, read_names(args.tokens))
    return model.to(device), vocabulary, Log(args.out.with_suffix(".log.jsonl")), device, kind


def save(path, model, made, vocabulary, **more):
    """Written beside and renamed, so that a crash never leaves half a checkpoint."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    state = {
        "shape": model.shape.as_dict(),
        "model": model.state_dict(),
        "optimisers": [o.state_dict() for o in made],
        "names": vocabulary.names,
        "pieces": [piece for piece, _ in vocabulary.pieces.all],
        "scores": [score for _, score in vocabulary.pieces.all],
        **more,
    }
    beside = path.with_suffix(".tmp")
    torch.save(state, beside)
    os.replace(beside, path)


def start(path, names):
    """A model and its vocabulary: from the cut encoder, from a checkpoint, or from the folder of a shipped model. Special
    tokens are moved to where their names stand now."""
    if path.is_dir():
        model, pieces, scores, before = shipped.read(*(next(path.glob(f"*-{part}.gguf")) for part in ("encoder", "decoder")))
        rename(model, before, names)
        return model, Vocabulary(Pieces(pieces, scores, UNKNOWN), names)
    state = torch.load(path, map_location="cpu", weights_only=True)
    vocabulary = Vocabulary(Pieces(state["pieces"], state["scores"], UNKNOWN), names)
    if "weights" in state:
        return from_encoder(state, vocabulary), vocabulary
    model = Model(Shape(**state["shape"]))
    model.load_state_dict(state["model"])
    if "average" in state:
        with torch.no_grad():
            for to, value in zip(model.parameters(), state["average"], strict=True):
                to.copy_(value)
    rename(model, state["names"], names)
    return model, vocabulary


@torch.no_grad()
def from_encoder(state, vocabulary):
    """The pretrained layers under a new decoder. A special token starts as the mean of the words in its name."""
    shape, weights = state["shape"], state["weights"]
    model = Model(
        Shape(
            width=shape["width"],
            layers=shape["layers"],
            heads=shape["heads"],
            hidden=shape["hidden"],
            vocab=shape["vocab"],
            eps=shape["eps"],
        )
    )
    encoder = model.encoder
    encoder.word.weight.copy_(weights["emb.word"])
    encoder.place.weight.copy_(weights["emb.pos"][FIRST_PLACE : FIRST_PLACE + model.shape.positions])
    encoder.kind.copy_(weights["emb.type"][0])
    norm(encoder.norm, weights, "emb.ln")
    for n, layer in enumerate(encoder.layers):
        layer.qkv.weight.copy_(torch.cat([weights[f"l{n}.{m}.w"] for m in "qkv"]))
        layer.qkv.bias.copy_(torch.cat([weights[f"l{n}.{m}.b"] for m in "qkv"]))
        for to, name in ((layer.out, "ao"), (layer.up, "fi"), (layer.down, "fo")):
            to.weight.copy_(weights[f"l{n}.{name}.w"])
            to.bias.copy_(weights[f"l{n}.{name}.b"])
        norm(layer.attn_norm, weights, f"l{n}.aln")
        norm(layer.out_norm, weights, f"l{n}.oln")
    for i, name in enumerate(vocabulary.names):
        encoder.special.weight[i] = encoder.word.weight[name_pieces(name, vocabulary)].mean(0)
    return model


def norm(to, weights, name):
    to.weight.copy_(weights[name + ".w"])
    to.bias.copy_(weights[name + ".b"])


def name_pieces(name, vocabulary):
    """Pieces of the words that a token's name is made of: `HassTurnOn`, `device_class=garage`, `m:light`."""
    edge = {"begin": [BEGIN], "code": [END], "end": [END]}
    words = re.findall(r"[A-Z]?[a-z]+|[0-9]+", name.replace("Hass", "").replace("Hearth", ""))
    return edge.get(name) or [i for word in words for i in vocabulary.pieces.cut(" " + word.lower())] or [UNKNOWN]


@torch.no_grad()
def rename(model, before, after):
    for table in (model.encoder.special.weight, model.decoder.embed.weight):
        old = table.clone()
        for i, name in enumerate(after):
            if name in before:
                table[i] = old[before.index(name)]


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
