"""Second stage: from prompts to intent codes.

The learning rate warms up and then falls in a line to nothing at the end of the minutes (or steps) given.
An average of the weights is kept beside them; it is what is measured and exported.
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
from model import PRESETS, Model, Shape, parameters
from rows import Rows, Vocabulary, batch, endless, mixed, pack, read_names
from tokenizer import TEXT_VOCAB

WARMUP_SHARE = 0.02
AVERAGE_EVERY = 8
AVERAGE_KEEPS = 0.98


def main():
    args = arguments()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    device, kind = common.device_and_type(args.device)
    stop = common.Stop()
    log = common.Log(args.out.with_suffix(".log.jsonl"))
    vocabulary = Vocabulary(args.tokenizer, read_names(args.tokens))
    model = start(args, vocabulary).to(device)
    made = optim.optimisers(model, args.lr, args.optimiser)
    average = [p.detach().clone() for p in model.parameters()]
    at = resume(args, model, made, average)
    order = np.random.default_rng(args.seed + at["step"])
    stream = batches(args, vocabulary, order, log)
    dev = {path.stem: Rows(path, vocabulary, args.context, args.dev_rows) for path in args.dev}
    log.write(parameters=parameters(model), step=at["step"], dev={k: len(v) for k, v in dev.items()})
    run = Run(args, vocabulary, model, made, average, at, dev, log, device, kind)
    train(run, stream, stop)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="+", help="FILE=SHARE, JSONL, plain or .xz")
    parser.add_argument("--dev", type=Path, nargs="*", default=[])
    parser.add_argument("--dev-rows", type=int, default=600)
    parser.add_argument("--dev-minutes", type=float, default=6)
    parser.add_argument("--tokens", type=Path, default=Path(__file__).parent / "tokens.txt")
    parser.add_argument("--tokenizer", type=Path, default=common.WORK / "tokenizer.json")
    parser.add_argument("--start", type=Path, help="checkpoint of the first stage")
    parser.add_argument("--preset", choices=PRESETS, default="small", help="without --start")
    parser.add_argument("--out", type=Path, default=common.WORK / "intent.pt")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--minutes", type=float)
    parser.add_argument("--steps", type=int)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device")
    parser.add_argument("--bins", type=int, default=24, help="packed sequences a batch")
    parser.add_argument("--context", type=int, default=160, help="tokens a packed sequence")
    parser.add_argument("--predicted", type=float, default=0.5, help="share of positions that are predicted")
    parser.add_argument("--max-rows", type=int, default=1_500_000, help="rows read of each file")
    parser.add_argument("--lr", type=float, default=0.02)
    parser.add_argument("--optimiser", choices=("muon", "adamw"), default="muon")
    parser.add_argument("--save-minutes", type=float, default=4)
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if (args.minutes is None) == (args.steps is None):
        parser.error("give either --minutes or --steps")
    return args


def start(args, vocabulary):
    if args.start is None:
        return Model(PRESETS[args.preset])
    model, state = common.load(args.start)
    if "names" in state:
        return renamed(model, state["names"], vocabulary.names)
    with torch.no_grad():
        # The first stage only ever pushed the unused slots away.
        model.embed.weight[TEXT_VOCAB + 1 :].normal_(std=0.02)
    return model


def renamed(model, before, after):
    """A model of an earlier list of names, its rows moved to where the names stand in this one."""
    with torch.no_grad():
        old = model.embed.weight[TEXT_VOCAB:].clone()
        model.embed.weight[TEXT_VOCAB:].normal_(std=0.02)
        at = {name: i for i, name in enumerate(before)}
        for i, name in enumerate(after):
            if name in at:
                model.embed.weight[TEXT_VOCAB + i] = old[at[name]]
    return model


def resume(args, model, made, average):
    if not (args.resume and args.out.exists()):
        return {"step": 0, "tokens": 0, "minutes": 0.0}
    state = torch.load(args.out, map_location="cpu", weights_only=True)
    model.load_state_dict(state["model"])
    common.restore(made, state["optimisers"])
    for mine, saved in zip(average, state["average"], strict=True):
        mine.copy_(saved)
    return {key: state[key] for key in ("step", "tokens", "minutes")}


def batches(args, vocabulary, order, log):
    sources, shares = [], []
    for source in args.sources:
        path, _, share = source.rpartition("=")
        rows = Rows(Path(path), vocabulary, args.context, args.max_rows)
        unknown = dict(list(rows.unknown.items())[:20])
        log.write(source=path, rows=len(rows), tokens=len(rows.tokens), too_long=rows.left_out, unknown=unknown)
        sources.append(endless(rows, order))
        shares.append(float(share))
    predicted = int(args.bins * args.context * args.predicted)
    for filled in pack(mixed(sources, shares, order), args.bins, args.context):
        yield batch(filled, args.context, predicted, order)


class Run:
    """What a training run holds."""

    def __init__(self, args, vocabulary, model, made, average, at, dev, log, device, kind):
        self.args, self.vocabulary, self.model, self.made, self.average = args, vocabulary, model, made, average
        self.at, self.dev, self.log, self.device, self.kind = at, dev, log, device, kind
        self.loss = step_loss if args.no_compile else torch.compile(step_loss, dynamic=False)

    def save(self):
        args = self.args
        common.save(args.out, self.model, self.made, average=self.average, names=self.vocabulary.names, **self.at)
        curve.draw(args.out.with_suffix(".log.jsonl"), args.out.with_suffix(".svg"))


def train(run, stream, stop):
    args, at = run.args, run.at
    clock = time.monotonic
    last = saved = shown = measured = clock()
    shown_tokens, losses = at["tokens"], []
    while not stop and share(args, at) is not None:
        optim.set_share(run.made, share(args, at))
        losses.append(step(run, next(stream)))
        now = clock()
        at["minutes"] += (now - last) / 60
        last = now
        if at["step"] % 50 == 0:
            both = torch.stack(losses).mean(0).tolist()
            rate = (at["tokens"] - shown_tokens) / (now - shown)
            log_step(run, both, rate)
            shown, shown_tokens, losses = now, at["tokens"], []
        if run.dev and args.dev_minutes * 60 <= now - measured:
            measure(run)
            measured = clock()
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
    return min((at["step"] + 1) / 40, done / WARMUP_SHARE + 0.05, (1 - done) / (1 - WARMUP_SHARE), 1)


def step(run, made_batch):
    made_batch = {key: value.to(run.device) for key, value in made_batch.items()}
    with torch.autocast(run.device, run.kind):
        loss, code_loss = run.loss(run.model, **made_batch)
    loss.backward()
    torch.nn.utils.clip_grad_norm_(run.model.parameters(), 1.0)
    for optimiser in run.made:
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
    run.at["step"] += 1
    run.at["tokens"] += int((made_batch["rows"] != 0).sum())
    if run.at["step"] % AVERAGE_EVERY == 0:
        keeps = min(AVERAGE_KEEPS, run.at["step"] / (run.at["step"] + 100))
        torch._foreach_lerp_(run.average, [p.detach() for p in run.model.parameters()], 1 - keeps)
    return torch.stack((loss.detach(), code_loss.detach()))


def step_loss(model, tokens, rows, where, targets, weights, is_code):
    hidden = model.hidden(tokens, rows).flatten(0, 1)[where]
    each = F.cross_entropy(model.logits(hidden).float(), targets, reduction="none") * weights
    return each.sum(), (each * is_code).sum()


def log_step(run, both, rate):
    loss, code_loss = (round(x, 4) for x in both)
    at = run.at
    minutes = round(at["minutes"], 1)
    run.log.write(step=at["step"], tokens=at["tokens"], loss=loss, code_loss=code_loss, rate=round(rate), minutes=minutes)


def measure(run):
    """Exact match of greedy, unconstrained decoding on each dev file, with the averaged weights."""
    model = Model(Shape(**run.model.shape.as_dict())).to(run.device)
    with torch.no_grad():
        for to, value in zip(model.parameters(), run.average, strict=True):
            to.copy_(value)
    for name, rows in run.dev.items():
        found = exact(model, rows, run)
        run.log.write(dev=name, step=run.at["step"], minutes=round(run.at["minutes"], 1), **found)


@torch.no_grad()
def exact(model, rows, run, at_once=64):
    """Greedy decoding writes a code exactly if, and only if, every token is the likeliest after the right ones before,
    so one pass over the right codes tells."""
    right, first_right, total, misses, by_lang = 0, 0, 0, [], {}
    order = sorted((i for i in range(len(rows)) if rows.codes[i] < len(rows.row(i)[0])), key=lambda i: len(rows.row(i)[0]))
    for begin in range(0, len(order), at_once):
        some = [(i, *rows.row(i)[:2]) for i in order[begin : begin + at_once]]
        longest = max(len(ids) for _, ids, _ in some)
        tokens = np.zeros((len(some), longest), dtype=np.int64)
        for r, (_, ids, _) in enumerate(some):
            tokens[r, : len(ids)] = ids
        with torch.autocast(run.device, run.kind):
            best = model(torch.from_numpy(tokens).to(run.device)).argmax(-1).cpu().numpy()
        for r, (i, ids, code_at) in enumerate(some):
            wrote = best[r, code_at - 1 : len(ids) - 1]
            same = wrote == ids[code_at:]
            total += 1
            right += bool(same.all())
            first_right += bool(same[0])
            lang = by_lang.setdefault(rows.about[i][0], [0, 0])
            lang[0] += bool(same.all())
            lang[1] += 1
            if not same.all() and len(misses) < 400:
                wrong = int(np.argmin(same))
                meant = run.vocabulary.shown(ids[code_at:].tolist())
                misses.append((" ".join(meant), wrong, run.vocabulary.shown(wrote.tolist())[wrong]))
    sample = [misses[i] for i in range(0, len(misses), max(1, len(misses) // 4))][:4]
    langs = {k: round(100 * a / n, 1) for k, (a, n) in by_lang.items()}
    return {"exact": round(100 * right / max(1, total), 2), "first": round(100 * first_right / max(1, total), 2), "langs": langs, "misses": sample}


if __name__ == "__main__":
    main()
