"""The intent model: the pretrained encoder reads what was said, a small decoder writes the code.

The encoder is BERT's, as llama.cpp runs it under the name `bert` (learned positions, LayerNorm after each sum, GELU by
its tanh approximation); it gives one vector a piece. Of each word, mark or special token the vector of the first piece
goes to the decoder, with a one behind it at the number of the word, so that the decoder can point.
The decoder is Llama's; it is fed those vectors in place of its first tokens.
"""

from dataclasses import asdict, dataclass

import torch
import torch.nn.functional as F
from torch import nn

MAX_WORDS = 64
# How loud the number of a word is beside the encoder's vector, whose length is about the root of its width.
POINTER = 8.0
SPECIAL_SLOTS = 512
BYTES = 256


@dataclass
class Shape:
    """Of both networks. The decoder is as wide as the encoder and the numbers of the words together."""

    width: int = 384
    layers: int = 8
    heads: int = 12
    hidden: int = 1536
    vocab: int = 0
    positions: int = 510
    eps: float = 1e-12
    decoder_layers: int = 2
    decoder_heads: int = 7
    decoder_head_dim: int = 64
    decoder_hidden: int = 1152
    rope_theta: float = 10000.0
    rms_eps: float = 1e-5
    context: int = 256

    @property
    def decoder_width(self):
        return self.width + MAX_WORDS

    def as_dict(self):
        return asdict(self)


class Layer(nn.Module):
    """One of the encoder's."""

    def __init__(self, shape):
        super().__init__()
        self.heads = shape.heads
        self.qkv = nn.Linear(shape.width, 3 * shape.width)
        self.out = nn.Linear(shape.width, shape.width)
        self.attn_norm = nn.LayerNorm(shape.width, shape.eps)
        self.up = nn.Linear(shape.width, shape.hidden)
        self.down = nn.Linear(shape.hidden, shape.width)
        self.out_norm = nn.LayerNorm(shape.width, shape.eps)

    def forward(self, x, bias, drop):
        rows, length, width = x.shape
        q, k, v = self.qkv(x).view(rows, length, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) * (width // self.heads) ** -0.5 + bias
        seen = scores.softmax(-1).to(v.dtype) @ v
        seen = self.out(seen.transpose(1, 2).reshape(rows, length, width))
        x = self.attn_norm(x + F.dropout(seen, drop, self.training))
        inner = self.down(F.gelu(self.up(x), approximate="tanh"))
        return self.out_norm(x + F.dropout(inner, drop, self.training))


class Encoder(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.word = nn.Embedding(shape.vocab, shape.width)
        self.special = nn.Embedding(SPECIAL_SLOTS, shape.width)
        self.place = nn.Embedding(shape.positions, shape.width)
        self.kind = nn.Parameter(torch.zeros(shape.width))
        self.norm = nn.LayerNorm(shape.width, shape.eps)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.drop = 0.1

    def forward(self, ids):
        """Vectors of each piece; 1 is padding."""
        vocab = self.word.num_embeddings
        is_special = vocab <= ids
        x = self.word(ids.clamp(max=vocab - 1)).detach()
        x = torch.where(is_special[..., None], self.special((ids - vocab).clamp(min=0)), x)
        x = self.norm(x + self.place.weight[: ids.shape[1]] + self.kind)
        if torch.is_autocast_enabled(x.device.type):
            x = x.to(torch.get_autocast_dtype(x.device.type))
        bias = torch.zeros(ids.shape, dtype=x.dtype, device=ids.device).masked_fill(ids == PAD, -1e4)[:, None, None]
        for layer in self.layers:
            x = layer(x, bias, self.drop)
        return x


class Norm(nn.Module):
    def __init__(self, width, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))
        self.eps = eps

    def forward(self, x):
        return F.rms_norm(x, self.weight.shape, self.weight.to(x.dtype), self.eps)


class Block(nn.Module):
    """One of the decoder's."""

    def __init__(self, shape):
        super().__init__()
        self.heads, self.head_dim = shape.decoder_heads, shape.decoder_head_dim
        width = shape.decoder_width
        self.attn_norm = Norm(width, shape.rms_eps)
        self.qkv = nn.Linear(width, 3 * self.heads * self.head_dim, bias=False)
        self.out = nn.Linear(self.heads * self.head_dim, width, bias=False)
        self.ffn_norm = Norm(width, shape.rms_eps)
        self.gate_up = nn.Linear(width, 2 * shape.decoder_hidden, bias=False)
        self.down = nn.Linear(shape.decoder_hidden, width, bias=False)

    def forward(self, x, rope, mask):
        rows, length, _ = x.shape
        qkv = self.qkv(self.attn_norm(x)).view(rows, length, 3 * self.heads, self.head_dim).transpose(1, 2)
        turned = rotate(qkv[:, : 2 * self.heads], rope)
        q, k = turned.chunk(2, dim=1)
        v = qkv[:, 2 * self.heads :]
        scores = (q @ k.transpose(-1, -2) * self.head_dim**-0.5).masked_fill(~mask, float("-inf"))
        seen = scores.float().softmax(-1).to(v.dtype) @ v
        x = x + self.out(seen.transpose(1, 2).reshape(rows, length, -1))
        gate, up = self.gate_up(self.ffn_norm(x)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)


class Decoder(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.embed = nn.Embedding(SPECIAL_SLOTS, shape.decoder_width)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.decoder_layers))
        self.norm = Norm(shape.decoder_width, shape.rms_eps)
        cos, sin = rope_table(shape)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, x):
        length = x.shape[1]
        if torch.is_autocast_enabled(x.device.type):
            x = x.to(torch.get_autocast_dtype(x.device.type))
        rope = self.cos[:length].to(x.dtype), self.sin[:length].to(x.dtype)
        place = torch.arange(length, device=x.device)
        mask = place[None, :] <= place[:, None]
        for block in self.blocks:
            x = block(x, rope, mask)
        return F.linear(self.norm(x), self.embed.weight.to(x.dtype))


class Model(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(shape)
        self.decoder = Decoder(shape)
        self.apply(self.start)

    def start(self, module):
        if isinstance(module, Block):
            width, deep = self.shape.decoder_width, (2 * self.shape.decoder_layers) ** -0.5
            for linear in (module.qkv, module.gate_up):
                nn.init.normal_(linear.weight, std=width**-0.5)
            nn.init.normal_(module.out.weight, std=width**-0.5 * deep)
            nn.init.normal_(module.down.weight, std=self.shape.decoder_hidden**-0.5 * deep)
        elif isinstance(module, Decoder):
            nn.init.normal_(module.embed.weight, std=0.05)

    def forward(self, ids, units, words, codes):
        """Logits at every place of the decoder.

        `ids` are pieces, padded; `units` the first piece of each word, mark and special token, -1 where a token of the
        code stands or nothing; `words` the number of the word there, or -1; `codes` tokens of the code, or -1.
        """
        vectors = self.encoder(ids)
        picked = vectors.gather(1, units.clamp(min=0)[..., None].expand(-1, -1, vectors.shape[-1]))
        numbers = F.one_hot(words.clamp(min=0), MAX_WORDS) * (0 <= words)[..., None]
        prefix = torch.cat((picked, numbers.to(picked.dtype) * POINTER), dim=-1)
        code = self.decoder.embed(codes.clamp(min=0)).to(prefix.dtype)
        return self.decoder(torch.where((0 <= codes)[..., None], code, prefix))


def rotate(x, rope):
    cos, sin = rope
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1)


def rope_table(shape):
    half = shape.decoder_head_dim // 2
    speed = shape.rope_theta ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = torch.arange(shape.context, dtype=torch.float64)[:, None] * speed
    return angle.cos().float(), angle.sin().float()


def parameters(model):
    return sum(p.numel() for p in model.parameters())


# The encoder's padding piece.
PAD = 1
