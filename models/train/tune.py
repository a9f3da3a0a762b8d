"""Bends a model to a household, from rows of what the household corrected.

Only low-rank changes of the linear layers are learned, and merged into the weights in the end. On rows that are none of
the household's the model is held to what it wrote before; so it learns the household's words and forgets little.
Writes a checkpoint for `export.py`, and how often the code is exactly right, before and after, as a JSON line a file.
"""

import argparse
import math
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import common
from rows import Rows, batches, endless, mixed
from train import exact, loss_of

# How much of each step comes from the household.
OWN = 0.25
# How loud it is that the model shall stay as it was elsewhere.
HOLD = 4.0


def main():
    args = arguments()
    model, vocabulary, log, device, kind = common.begin(args)
    # Without dropout: so few changes can hardly learn by heart, and what is held to must not waver.
    model.eval()
    read = lambda paths: [Rows(path, vocabulary, args.pieces) for path in paths]
    own, other, judged = read(args.household), read(args.rehearse), dict(zip(args.judge, read(args.judge), strict=True))
    measure = lambda: {path: exact(model, rows, vocabulary, device, kind) for path, rows in judged.items()}
    before = measure()
    layers = change(model, args.rank)
    learn(args, model, layers, own, other, log, device, kind)
    merge(model, layers)
    for path, found in measure().items():
        log.write(judged=str(path), rows=len(judged[path]), before=before[path]["exact"], after=found["exact"])
    common.save(args.out, model, [], vocabulary)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--household", type=Path, nargs="+", required=True, help="rows of what was corrected")
    parser.add_argument("--rehearse", type=Path, nargs="+", required=True, help="rows of everything else")
    parser.add_argument("--judge", type=Path, nargs="*", default=[], help="rows to judge by, none of them learned from")
    parser.add_argument("--start", type=Path, required=True, help="the folder of the model")
    parser.add_argument("--tokens", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=500)
    parser.add_argument("--rows", type=int, default=80, help="rows a batch")
    parser.add_argument("--pieces", type=int, default=110, help="longer rows are left out")
    parser.add_argument("--rank", type=int, default=8)
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


class Changed(nn.Module):
    """A linear layer with a low-rank change of its weight, which begins as none."""

    def __init__(self, linear, rank):
        super().__init__()
        self.linear = linear.requires_grad_(False)
        self.down = nn.Parameter(torch.randn(rank, linear.in_features) / math.sqrt(linear.in_features))
        self.up = nn.Parameter(torch.zeros(linear.out_features, rank))
        self.is_on = True

    def forward(self, x):
        made = self.linear(x)
        return made + F.linear(F.linear(x, self.down), self.up) if self.is_on else made


def change(model, rank):
    """Puts a change on every linear layer; gives them with the module and the name that each is reached by."""
    model.requires_grad_(False)
    found = [(m, name, child) for m in model.modules() for name, child in m.named_children() if isinstance(child, nn.Linear)]
    layers = []
    for module, name, linear in found:
        changed = Changed(linear, rank).to(linear.weight.device)
        setattr(module, name, changed)
        layers.append((module, name, changed))
    return layers


@torch.no_grad()
def merge(model, layers):
    for module, name, changed in layers:
        changed.linear.weight += changed.up @ changed.down
        setattr(module, name, changed.linear)
    model.requires_grad_(True)


def learn(args, model, layers, own, other, log, device, kind):
    order = np.random.default_rng(args.seed)
    stream = lambda files, rows: batches(
        mixed([endless(one, order, [], 0.0) for one in files], [1.0] * len(files), order), rows, order
    )
    household = stream(own, round(args.rows * OWN))
    rest = stream(other, round(args.rows * (1 - OWN)))
    learned = [p for _, _, changed in layers for p in (changed.down, changed.up)]
    optimiser = torch.optim.AdamW(learned, lr=args.lr, betas=(0.9, 0.98), weight_decay=0.0)
    stop, seen = common.Stop(), []
    for step in range(args.steps):
        if stop:
            raise SystemExit("stopped before the end; nothing was written")
        optimiser.param_groups[0]["lr"] = args.lr * min((step + 1) / 30, 1 - step / args.steps)
        mine, theirs = ({k: v.to(device) for k, v in next(some).items()} for some in (household, rest))
        with torch.autocast(device, kind):
            loss = loss_of(model, **mine)
            held = hold(model, layers, theirs)
        (loss + HOLD * held).backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        seen.append((loss.item(), held.item()))
        if (step + 1) % 50 == 0:
            own_loss, drift = (round(float(x), 4) for x in np.mean(seen, axis=0))
            log.write(step=step + 1, loss=own_loss, drift=drift)
            seen = []


def hold(model, layers, made):
    """How far from what it was before it writes, a row's places together, as a divergence in nats."""
    targets, _ = made.pop("targets"), made.pop("weights")
    turn(layers, False)
    with torch.no_grad():
        before = model(**made).float().log_softmax(-1)
    turn(layers, True)
    after = model(**made).float().log_softmax(-1)
    each = F.kl_div(after, before, reduction="none", log_target=True).sum(-1) * (0 <= targets)
    return each.sum() / len(targets)


def turn(layers, is_on):
    for _, _, changed in layers:
        changed.is_on = is_on


if __name__ == "__main__":
    main()
