"""First stage: general text, so that words have company before commands are learned.

Books come first, then what is nearer to talk in a house; after one pass it goes round again.
It runs until its minutes are over or SIGTERM, and leaves a checkpoint either way.
"""

import argparse
import random
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer

import common
import optim
import text
from model import PRESETS, Model, parameters
from tokenizer import TEXT_VOCAB

BEGIN = TEXT_VOCAB  # the first special slot is always <|begin|>

# File, times, characters read. The first list is read before the second.
PROSE = [
    ("text/en_books_pd.txt.xz", 1, 5_000_000),
    ("text/zh_novels_pd.txt.xz", 1, 700_000),
]
NEAR = [
    ("text/en_dialogue_taskmaster.txt.xz", 1, None),
    ("text/zh_dialogue_crosswoz.txt.xz", 1, None),
    ("text/zh_dialogue_kdconv.txt.xz", 1, None),
    ("text/enzh_tatoeba_pairs.txt.xz", 2, None),
    ("text/en_stories_asp.txt.xz", 1, None),
    ("text/en_stories_pratham.txt.xz", 1, None),
    ("text/en_iot_for_beginners.txt.xz", 1, None),
    ("text/zh_iot_for_beginners.txt.xz", 1, None),
    ("text/en_gsm8k_train.txt.xz", 1, 700_000),
    ("text/en_chatterbot.txt.xz", 2, None),
    ("text/zh_chatterbot.txt.xz", 2, None),
    ("text/en_homellm_phrases.txt.xz", 4, None),
    ("nlu/train_nlu_en.jsonl.xz", 3, None),
    ("nlu/train_nlu_zh.jsonl.xz", 3, None),
]


def main():
    args = arguments()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    device, kind = common.device_and_type(args.device)
    stop = common.Stop()
    order = random.Random(args.seed)
    prose, near = tokens(args, order)
    model = Model(PRESETS[args.preset]).to(device)
    made = optim.optimisers(model, args.lr, args.optimiser)
    at = resume(args, model, made)
    log = common.Log(args.out.with_suffix(".log.jsonl"))
    log.write(parameters=parameters(model), prose=len(prose), near=len(near), step=at["step"])
    train(args, model, made, rounds(prose, near, args, order), at, device, kind, stop, log)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=text.DATA)
    parser.add_argument("--tokenizer", type=Path, default=common.WORK / "tokenizer.json")
    parser.add_argument("--out", type=Path, default=common.WORK / "pretrain.pt")
    parser.add_argument("--preset", choices=PRESETS, default="small")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--minutes", type=float, help="decays the learning rate to end on time; else it stays flat")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--context", type=int, default=128)
    parser.add_argument("--lr", type=float, default=0.02)
    parser.add_argument("--optimiser", choices=("muon", "adamw"), default="muon")
    parser.add_argument("--warmup", type=int, default=100)
    parser.add_argument("--save-minutes", type=float, default=4)
    parser.add_argument("--prose-share", type=float, default=1.0)
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def tokens(args, order):
    encode = encoder(Tokenizer.from_file(str(args.tokenizer)))
    return [stream(args, sources, encode, order) for sources in (PROSE, NEAR)]


def encoder(tokenizer):
    """Encodes a text piece by piece, remembering each piece."""
    known = {}

    def encode(document):
        ids = [BEGIN]
        for piece in text.pieces(document):
            if piece not in known:
                known[piece] = tokenizer.encode(piece).ids
            ids.extend(known[piece])
        return ids

    return encode


def stream(args, sources, encode, order):
    documents = []
    for name, times, max_chars in sources:
        path = args.data / name
        found = text.utterances(path) if ".jsonl" in name else text.documents(path, max_chars)
        documents.extend([np.array(encode(d), dtype=np.uint16) for d in found] * times)
    order.shuffle(documents)
    return np.concatenate(documents)


def rounds(prose, near, args, order):
    """Batches for ever: prose once, then near text; later rounds mix near text with itself only."""
    prose = prose[: int(len(prose) * args.prose_share)]
    yield from batches(prose, args, order)
    while True:
        yield from batches(near, args, order)


def batches(tokens, args, order):
    start = order.randrange(args.context)
    count = (len(tokens) - start) // args.context
    rows = tokens[start : start + count * args.context].reshape(count, args.context)
    turn = list(range(count))
    order.shuffle(turn)
    for i in range(0, count - args.batch + 1, args.batch):
        yield torch.from_numpy(rows[turn[i : i + args.batch]].astype(np.int64))


def resume(args, model, made):
    if not (args.resume and args.out.exists()):
        return {"step": 0, "tokens": 0}
    loaded, state = common.load(args.out)
    model.load_state_dict(loaded.state_dict())
    common.restore(made, state["optimisers"])
    return {"step": state["step"], "tokens": state["tokens"]}


def train(args, model, made, source, at, device, kind, stop, log):
    run = step_loss if args.no_compile else torch.compile(step_loss, dynamic=False)
    began = saved = shown = time.monotonic()
    first, shown_tokens, losses = at["step"], at["tokens"], []
    while not stop:
        now = time.monotonic()
        spent = (now - began) / 60
        if args.minutes is not None and args.minutes <= spent:
            break
        optim.set_share(made, share(args, at["step"] - first, spent))
        batch = next(source).to(device)
        with torch.autocast(device, kind):
            loss = run(model, batch)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in made:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        at["step"] += 1
        at["tokens"] += batch.numel()
        losses.append(loss.detach())
        if at["step"] % 50 == 0:
            rate = (at["tokens"] - shown_tokens) / (time.monotonic() - shown)
            mean = torch.stack(losses).mean().item()
            log.write(step=at["step"], tokens=at["tokens"], loss=round(mean, 4), rate=round(rate), minutes=round(spent, 1))
            shown, shown_tokens, losses = time.monotonic(), at["tokens"], []
        if args.save_minutes * 60 <= now - saved:
            common.save(args.out, model, made, **at)
            saved = now
    common.save(args.out, model, made, **at)
    log.write(saved=str(args.out), **at)


def step_loss(model, batch):
    hidden = model.hidden(batch[:, :-1])
    return F.cross_entropy(model.logits(hidden).flatten(0, 1).float(), batch[:, 1:].flatten())


def share(args, step, spent):
    warm = min(1.0, (step + 1) / args.warmup)
    if args.minutes is None:
        return warm
    left = 1 - spent / args.minutes
    return warm * min(1.0, left / 0.4)


if __name__ == "__main__":
    main()
