"""The decoder: Llama architecture, as llama.cpp runs it under the name `llama`.

Rotary embedding is computed on halves, which is faster here; export permutes the two matrices concerned.
It deliberately has no cache: training needs none, and the shipped model is run by llama.cpp.
"""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn

from tokenizer import SPECIAL_SLOTS, TEXT_VOCAB


@dataclass
class Shape:
    width: int = 256
    layers: int = 6
    heads: int = 4
    kv_heads: int = 2
    head_dim: int = 64
    hidden: int = 768
    vocab: int = TEXT_VOCAB + SPECIAL_SLOTS
    context: int = 256
    rope_theta: float = 10000.0
    norm_eps: float = 1e-5

    def as_dict(self):
        return asdict(self)


PRESETS = {
    "tiny": Shape(width=128, layers=2, heads=2, kv_heads=1, hidden=256),
    "small": Shape(),
    "medium": Shape(width=384, layers=8, heads=6, kv_heads=2, hidden=1024),
    "large": Shape(width=512, layers=8, heads=8, kv_heads=2, hidden=1536),
}


class Norm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return F.rms_norm(x, self.weight.shape, self.weight.to(x.dtype), self.eps)


class Block(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = shape.heads, shape.kv_heads, shape.head_dim
        q_and_kv = (shape.heads + 2 * shape.kv_heads) * shape.head_dim
        self.attn_norm = Norm(shape.width, shape.norm_eps)
        self.qkv = nn.Linear(shape.width, q_and_kv, bias=False)
        self.out = nn.Linear(shape.heads * shape.head_dim, shape.width, bias=False)
        self.ffn_norm = Norm(shape.width, shape.norm_eps)
        self.gate_up = nn.Linear(shape.width, 2 * shape.hidden, bias=False)
        self.down = nn.Linear(shape.hidden, shape.width, bias=False)

    def forward(self, x, rope, mask):
        x = x + self.attention(self.attn_norm(x), rope, mask)
        gate, up = self.gate_up(self.ffn_norm(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)

    def attention(self, x, rope, mask):
        rows, length, _ = x.shape
        qkv = self.qkv(x).view(rows, length, -1, self.head_dim).transpose(1, 2)
        turned = rotate(qkv[:, : self.heads + self.kv_heads], rope)
        q, k = turned[:, : self.heads], turned[:, self.heads :]
        v = qkv[:, self.heads + self.kv_heads :]
        # Written out, because the fused kernel's backward pass is slow on a processor.
        # Heads that share keys stand one after the other, so nothing is copied for them.
        q = q.reshape(rows, self.kv_heads, -1, self.head_dim)
        scores = (q @ k.transpose(-1, -2)) * self.head_dim**-0.5
        scores = scores.view(rows, self.heads, length, length).masked_fill(~mask, float("-inf"))
        shares = scores.float().softmax(-1).to(v.dtype)
        seen = shares.view(rows, self.kv_heads, -1, length) @ v
        seen = seen.view(rows, self.heads, length, self.head_dim)
        return self.out(seen.transpose(1, 2).reshape(rows, length, -1))


class Model(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.embed = nn.Embedding(shape.vocab, shape.width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.width, shape.norm_eps)
        cos, sin = rope_table(shape)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)
        self.apply(self.start)

    def start(self, module):
        deep = (2 * self.shape.layers) ** -0.5
        if isinstance(module, nn.Embedding):
            nn.init.normal_(module.weight, std=0.02)
        elif isinstance(module, Block):
            for linear in (module.qkv, module.gate_up):
                nn.init.normal_(linear.weight, std=self.shape.width**-0.5)
            nn.init.normal_(module.out.weight, std=self.shape.width**-0.5 * deep)
            nn.init.normal_(module.down.weight, std=self.shape.hidden**-0.5 * deep)

    def hidden(self, tokens, rows=None):
        """Last hidden states, normed, for every position.

        Several rows may be packed one after the other; `rows` then says which row each position belongs to,
        and none sees another. Positions need not restart, because rotary embedding is relative.
        """
        x = self.embed(tokens)
        if torch.is_autocast_enabled(x.device.type):
            x = x.to(torch.get_autocast_dtype(x.device.type))
        length = tokens.shape[1]
        rope = self.cos[:length].to(x.dtype), self.sin[:length].to(x.dtype)
        mask = packed_mask(torch.zeros_like(tokens) if rows is None else rows)
        for block in self.blocks:
            x = block(x, rope, mask)
        return self.norm(x)

    def logits(self, hidden):
        """The output matrix is the embedding's."""
        return F.linear(hidden, self.embed.weight)

    def forward(self, tokens):
        return self.logits(self.hidden(tokens))


def packed_mask(rows):
    """True where a position may look: at itself and before, in its own row."""
    place = torch.arange(rows.shape[1], device=rows.device)
    same = rows[:, None, :, None] == rows[:, None, None, :]
    return same & (place[None, :] <= place[:, None])


def rotate(x, rope):
    cos, sin = rope
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


def rope_table(shape):
    half = shape.head_dim // 2
    speed = shape.rope_theta ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.arange(shape.context, dtype=torch.float64)[:, None] * speed
    return angle.cos().float(), angle.sin().float()


def parameters(model):
    return sum(p.numel() for p in model.parameters())
