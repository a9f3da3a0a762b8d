"""Trains the intent model from the pretrained encoder, or goes on from a checkpoint.

Ends on time with the learning rate at nothing; on SIGTERM it saves and leaves, and `--resume` goes on from there.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

import common
import curve
import optim
from model import Model, parameters
from rows import Rows, Vocabulary, batch, batches, endless, mixed

AVERAGE_EVERY = 4
AVERAGE_KEEPS = 0.99


def main():
    args = arguments()
    model, vocabulary, log, device, kind = common.begin(args)
    made = optim.optimisers(model, args.lr)
    average = [p.detach().clone() for p in model.parameters()]
    at = resume(args, model, made, average)
    order = np.random.default_rng(args.seed + at["step"])
    dev = {path.stem: Rows(path, vocabulary, args.pieces, args.dev_rows) for path in args.dev}
    log.write(parameters=parameters(model), step=at["step"], dev={k: len(v) for k, v in dev.items()})
    run = Run(args, vocabulary, model, made, average, at, dev, log, device, kind)
    train(run, stream(args, vocabulary, order, log), common.Stop())


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="+", help="FILE=SHARE, JSONL, plain or .xz")
    parser.add_argument("--dev", type=Path, nargs="*", default=[])
    parser.add_argument("--dev-rows", type=int, default=3000)
    parser.add_argument("--dev-minutes", type=float, default=15)
    parser.add_argument("--tokens", type=Path, default=common.WORK / "tokens.txt")
    parser.add_argument("--start", type=Path, default=common.WORK / "encoder.pt")
    parser.add_argument("--out", type=Path, default=common.WORK / "intent.pt")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device")
    parser.add_argument("--rows", type=int, default=64, help="rows a batch")
    parser.add_argument("--pieces", type=int, default=110, help="longer rows are left out")
    parser.add_argument("--max-rows", type=int, default=400_000, help="rows read of each file")
    parser.add_argument("--strange", type=float, default=0.3, help="share of rows that come after something unrelated")
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--save-minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if (args.minutes is None) == (args.steps is None):
        parser.error("give either --minutes or --steps")
    return args


def resume(args, model, made, average):
    if not (args.resume and args.out.exists()):
        return {"step": 0, "rows": 0, "minutes": 0.0}
    state = torch.load(args.out, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    common.restore(made, state["optimisers"])
    for mine, saved in zip(average, state["average"], strict=True):
        mine.copy_(saved)
    return {key: state[key] for key in ("step", "rows", "minutes")}


def stream(args, vocabulary, order, log):
    sources, shares = [], []
    for source in args.sources:
        path, _, share = source.rpartition("=")
        rows = Rows(Path(path), vocabulary, args.pieces, args.max_rows)
        log.write(source=path, rows=len(rows), left_out=rows.left_out)
        sources.append(rows)
        shares.append(float(share))
    earlier = [before for rows in sources for before in rows.before]
    endless_sources = [endless(rows, order, earlier, args.strange) for rows in sources]
    return batches(mixed(endless_sources, shares, order), args.rows, order)


class Run:
    """What a training run holds."""

    def __init__(self, args, vocabulary, model, made, average, at, dev, log, device, kind):
        self.args, self.vocabulary, self.model, self.made, self.average = args, vocabulary, model, made, average
        self.at, self.dev, self.log, self.device, self.kind = at, dev, log, device, kind

    def save(self):
        args = self.args
        common.save(args.out, self.model, self.made, self.vocabulary, average=self.average, **self.at)
        curve.draw(args.out.with_suffix(".log.jsonl"), args.out.with_suffix(".svg"))


def train(run, stream, stop):
    args, at = run.args, run.at
    clock = time.monotonic
    last = saved = shown = measured = clock()
    shown_rows, losses = at["rows"], []
    while not stop and share(args, at) is not None:
        optim.set_share(run.made, share(args, at))
        losses.append(step(run, next(stream)))
        now = clock()
        at["minutes"] += (now - last) / 60
        last = now
        if at["step"] % 50 == 0:
            rate = (at["rows"] - shown_rows) / (now - shown)
            loss = round(torch.stack(losses).mean().item(), 4)
            minutes = round(at["minutes"], 1)
            run.log.write(step=at["step"], rows=at["rows"], loss=loss, rate=round(rate, 1), minutes=minutes)
            shown, shown_rows, losses = now, at["rows"], []
        if run.dev and args.dev_minutes * 60 <= now - measured:
            measure(run)
            measured = last = clock()
        if args.save_minutes * 60 <= now - saved:
            run.save()
            saved = now
    if run.dev:
        measure(run)
    run.save()
    run.log.write(saved=str(args.out), **at)


def share(args, at):
    """Share of the full learning rate, or `None` at the end."""
    done = at["step"] / args.steps if args.steps else at["minutes"] / args.minutes
    if 1 <= done:
        return None
    return min((at["step"] + 1) / 150, (1 - done) / 0.9, 1)


def step(run, made):
    made = {key: value.to(run.device) for key, value in made.items()}
    run.model.train()
    with torch.autocast(run.device, run.kind):
        loss = loss_of(run.model, **made)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
    for optimiser in run.made:
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
    run.at["step"] += 1
    run.at["rows"] += len(made["ids"])
    if run.at["step"] % AVERAGE_EVERY == 0:
        keeps = min(AVERAGE_KEEPS, run.at["step"] / (run.at["step"] + 100))
        torch._foreach_lerp_(run.average, [p.detach() for p in run.model.parameters()], 1 - keeps)
    return loss.detach()


def loss_of(model, ids, units, words, codes, targets, weights):
    """The mean over rows of the sum over the code, so that each request counts alike."""
    logits = model(ids, units, words, codes).float()
    each = F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-1, reduction="none")
    each = each.view(targets.shape).sum(1)
    return (each * weights).sum() / weights.sum()


def measure(run):
    """Exact match of greedy, unconstrained decoding on each dev file, with the averaged weights."""
    model = Model(run.model.shape).to(run.device)
    with torch.no_grad():
        for to, value in zip(model.parameters(), run.average, strict=True):
            to.copy_(value)
    model.eval()
    for name, rows in run.dev.items():
        found = exact(model, rows, run.vocabulary, run.device, run.kind)
        run.log.write(dev=name, step=run.at["step"], minutes=round(run.at["minutes"], 1), **found)


@torch.no_grad()
def exact(model, rows, vocabulary, device, kind, at_once=64, most_misses=4):
    """Greedy decoding writes a code exactly if, and only if, every token is the likeliest after the right ones before,
    so one pass over the right codes tells."""
    total, by, misses = [0, 0, 0], {}, []
    order = sorted(range(len(rows)), key=lambda i: len(rows.rows[i].ids))
    for begin in range(0, len(order), at_once):
        some = order[begin : begin + at_once]
        made = batch([rows.rows[i] for i in some], np.ones(len(some)))
        targets = made.pop("targets")
        del made["weights"]
        with torch.autocast(device, kind):
            best = model(**{k: v.to(device) for k, v in made.items()}).argmax(-1).cpu()
        same = (best == targets) | (targets < 0)
        for r, i in enumerate(some):
            is_right, first = bool(same[r].all()), len(rows.rows[i].units) - 1
            is_first = bool(same[r, first])
            about = by.setdefault("/".join(filter(None, rows.about[i])), [0, 0])
            about[0] += is_right
            about[1] += 1
            total = [total[0] + 1, total[1] + is_right, total[2] + is_first]
            if not is_right:
                meant = vocabulary.shown(rows.rows[i].tokens.tolist())
                wrote = vocabulary.shown(best[r, first : first + len(meant)].tolist())
                misses.append((i, " ".join(meant), " ".join(wrote)))
    sample = [misses[i] for i in range(0, len(misses), max(1, len(misses) // most_misses))][:most_misses]
    parts = {k: [round(100 * a / n, 1), n] for k, (a, n) in by.items()}
    exact_share, first_share = (round(100 * n / max(1, total[0]), 2) for n in total[1:])
    return {"exact": exact_share, "first": first_share, "parts": parts, "misses": sample}


if __name__ == "__main__":
    main()
