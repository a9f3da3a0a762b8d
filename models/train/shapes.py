"""Trains other shapes of the intent model on the same rows, to compare them with the one that is shipped (README, Choices).

`heads`: the same pretrained encoder; for each of the first requests a vector is drawn from its words, and from it every
slot is read at once, by one classifier for each label slot and pointers for each word slot. Nothing is written in order.
`plain`: a larger decoder alone reads the words and writes the code; the pretrained encoder only teaches it its vectors.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

import common
import optim
import train
from model import MAX_WORDS, POINTER, Decoder, Shape, parameters
from rows import Rows, batch, read_names

# Requests that the heads can tell apart, and how often one slot may stand in each.
REQUESTS, TIMES = 4, 2
PLAIN_LAYERS = 8
TAUGHT = 1.0


class Heads(nn.Module):
    """Every slot at once, from a vector for each request."""

    def __init__(self, encoder, names):
        super().__init__()
        self.encoder = encoder
        self.kinds, self.labels, self.pointers = tables(names)
        width, key = encoder.place.weight.shape[1], 64
        self.asked = nn.Parameter(torch.randn(REQUESTS, width) * 0.05)
        self.look = nn.MultiheadAttention(width, 6, batch_first=True)
        self.think = nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.kind = nn.Linear(width, len(self.kinds) + 1)
        self.label = nn.ModuleList(nn.Linear(width, len(labels) + 1) for labels in self.labels.values())
        self.point = nn.Linear(width, len(self.pointers) * TIMES * 2 * key)
        self.key = nn.Linear(width, key)

    def forward(self, made):
        vectors = self.encoder(made["ids"])
        units = made["units"]
        seen = vectors.gather(1, units.clamp(min=0)[..., None].expand(-1, -1, vectors.shape[-1]))
        asked = self.asked.expand(len(units), -1, -1).to(seen.dtype)
        request = self.look(asked, seen, seen, key_padding_mask=units < 0, need_weights=False)[0] + asked
        request = request + self.think(request)
        keys = self.key(seen)
        point = self.point(request).view(len(units), REQUESTS, -1, keys.shape[-1])
        places = torch.einsum("rkpd,rud->rkpu", point, keys) * keys.shape[-1] ** -0.5
        can_be = (0 <= made["words"]) | (torch.arange(units.shape[1]) == 0)
        places = places.masked_fill(~can_be[:, None, None], -1e4)
        return [self.kind(request), *(head(request) for head in self.label), places]

    def loss(self, made, names):
        wanted, fits = self.targets(made, names)
        total = 0
        for logits, right in zip(self(made), wanted, strict=True):
            each = F.cross_entropy(logits.float().flatten(0, -2), right.flatten(), reduction="none")
            total = total + each.view(len(fits), -1).sum(1)
        weights = made["weights"] * fits
        return (total * weights).sum() / weights.sum().clamp(min=1e-6)

    def right(self, made, names):
        wanted, fits = self.targets(made, names)
        same = fits.clone()
        for logits, right in zip(self(made), wanted, strict=True):
            same &= (logits.argmax(-1) == right).flatten(1).all(1)
        return same

    def targets(self, made, names):
        """What each head should say, and which rows its form can hold at all. A pointer at the first place is none."""
        rows = len(made["ids"])
        kinds = torch.zeros(rows, REQUESTS, dtype=torch.long)
        labels = [torch.zeros(rows, REQUESTS, dtype=torch.long) for _ in self.labels]
        places = torch.zeros(rows, REQUESTS, len(self.pointers) * TIMES * 2, dtype=torch.long)
        fits = torch.ones(rows, dtype=torch.bool)
        slots = list(self.labels)
        for r in range(rows):
            place = {int(w): p for p, w in enumerate(made["words"][r]) if 0 <= w}
            code = [names[t] for t in made["targets"][r].tolist() if 0 <= t]
            requests = split(code[:-1])
            fits[r] = len(requests) <= REQUESTS
            for k, tokens in enumerate(requests[:REQUESTS]):
                kinds[r, k] = 1 + self.kinds.index(tokens[0])
                met, last = {}, None
                for token in tokens[1:]:
                    slot = token.partition("=")[0]
                    if token.isdigit():
                        places[r, k, last] = place[int(token)]
                        last += 1
                    elif slot in self.labels:
                        labels[slots.index(slot)][r, k] = 1 + self.labels[slot].index(token)
                    else:
                        times = met[slot] = met.get(slot, -1) + 1
                        fits[r] &= times < TIMES
                        last = (self.pointers.index(slot) * TIMES + min(times, TIMES - 1)) * 2
        return [kinds, *labels, places], fits


def tables(names):
    """Intents, labels by slot, and slots that point, of the list of tokens."""
    rest = names[names.index("HassTurnOn") :]
    labels = {}
    for name in rest:
        if "=" in name:
            labels.setdefault(name.partition("=")[0], []).append(name)
    kinds = [name for name in rest if name[0].isupper()]
    return kinds, labels, [name for name in rest if "=" not in name and not name[0].isupper()]


def split(code):
    out = [[]]
    for token in code:
        if token == "and":
            out.append([])
        else:
            out[-1].append(token)
    return out


class Plain(nn.Module):
    """A decoder alone; a word begins as the mean of its pieces."""

    def __init__(self, encoder, shape):
        super().__init__()
        self.teacher = [encoder.eval()]
        width = shape.width
        self.word = nn.Embedding.from_pretrained(encoder.word.weight.clone(), freeze=False)
        self.special = nn.Embedding.from_pretrained(encoder.special.weight.clone(), freeze=False)
        self.decoder = Decoder(shape)
        nn.init.normal_(self.decoder.embed.weight, std=0.05)
        self.taught = nn.Linear(shape.decoder_width, width)

    def loss(self, made, names):
        hidden, logits = self(made)
        each = F.cross_entropy(logits.float().flatten(0, 1), made["targets"].flatten(), ignore_index=-1, reduction="none")
        each = each.view(made["targets"].shape).sum(1)
        with torch.no_grad():
            vectors = self.teacher[0](made["ids"])
        is_word = 0 <= made["words"]
        meant = vectors.gather(1, made["units"].clamp(min=0)[..., None].expand(-1, -1, vectors.shape[-1]))
        apart = 1 - F.cosine_similarity(self.taught(hidden), meant, dim=-1)
        taught = (apart * is_word).sum() / is_word.sum()
        return (each * made["weights"]).sum() / made["weights"].sum() + TAUGHT * taught

    def right(self, made, names):
        targets = made["targets"]
        return ((self(made)[1].argmax(-1) == targets) | (targets < 0)).all(1)

    def forward(self, made):
        ids, units, words, codes = (made[key] for key in ("ids", "units", "words", "codes"))
        vocab = self.word.num_embeddings
        x = torch.where((vocab <= ids)[..., None], self.special((ids - vocab).clamp(min=0)), self.word(ids.clamp(max=vocab - 1)))
        sums = F.pad(x.cumsum(1), (0, 0, 1, 0))
        begin = units.clamp(min=0)
        after = torch.where(0 <= F.pad(units[:, 1:], (0, 1), value=-1), F.pad(units[:, 1:], (0, 1)), begin + 1)
        wide = x.shape[-1]
        mean = sums.gather(1, after[..., None].expand(-1, -1, wide)) - sums.gather(1, begin[..., None].expand(-1, -1, wide))
        mean = mean / (after - begin).clamp(min=1)[..., None]
        numbers = F.one_hot(words.clamp(min=0), MAX_WORDS) * (0 <= words)[..., None]
        prefix = torch.cat((mean, numbers * POINTER / 8), dim=-1)
        x = torch.where((0 <= codes)[..., None], self.decoder.embed(codes.clamp(min=0)), prefix)
        rope = self.decoder.cos[: x.shape[1]], self.decoder.sin[: x.shape[1]]
        place = torch.arange(x.shape[1])
        for block in self.decoder.blocks:
            x = block(x, rope, place[None, :] <= place[:, None])
        return x, F.linear(self.decoder.norm(x), self.decoder.embed.weight)


def main():
    args = arguments()
    torch.manual_seed(args.seed)
    torch.set_num_threads(args.threads)
    base, vocabulary = common.start(args.start, read_names(args.tokens))
    if args.shape == "heads":
        model = Heads(base.encoder, vocabulary.names)
    else:
        base.encoder.requires_grad_(False)
        model = Plain(base.encoder, Shape(**{**base.shape.as_dict(), "decoder_layers": PLAIN_LAYERS}))
    log = common.Log(args.out)
    log.write(shape=args.shape, parameters=parameters(model))
    made = optim.optimisers(model, args.lr)
    dev = Rows(args.dev, vocabulary, args.pieces)
    rows = train.stream(args, vocabulary, np.random.default_rng(args.seed), log)
    begun, worked, step, losses = time.monotonic(), time.process_time(), 0, []
    while (share := train.share(args, {"step": step})) is not None:
        optim.set_share(made, share)
        model.train()
        loss = model.loss(next(rows), vocabulary.names)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in made:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        step += 1
        losses.append(loss.item())
        if step % 100 == 0:
            log.write(step=step, loss=sum(losses) / len(losses), minutes=(time.monotonic() - begun) / 60)
            losses = []
    log.write(exact=exact(model, dev, vocabulary.names), rows=step * args.rows, cpu=(time.process_time() - worked) / 60)


@torch.no_grad()
def exact(model, rows, names):
    """The share of rows whose whole code is right."""
    model.eval()
    right = 0
    for begin in range(0, len(rows), 64):
        right += int(model.right(batch(rows.rows[begin : begin + 64], rows.weights[begin : begin + 64]), names).sum())
    return round(100 * right / len(rows), 2)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shape", choices=["heads", "plain"])
    parser.add_argument("sources", nargs="+", help="FILE=SHARE, JSONL, plain or .xz")
    parser.add_argument("--dev", type=Path, default=common.WORK / "aside.jsonl")
    parser.add_argument("--tokens", type=Path, default=common.WORK / "tokens.txt")
    parser.add_argument("--start", type=Path, default=common.WORK / "encoder.pt")
    parser.add_argument("--out", type=Path, required=True, help="its log")
    parser.add_argument("--steps", type=int, required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rows", type=int, default=64)
    parser.add_argument("--pieces", type=int, default=110)
    parser.add_argument("--max-rows", type=int, default=400_000)
    parser.add_argument("--strange", type=float, default=0.3)
    parser.add_argument("--lr", type=float, default=3e-4)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
