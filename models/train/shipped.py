"""Reads the two GGUF files of a model back, so that a round of training can begin where the shipped one ended.

Eight bits a weight lose less than a few steps of training mend.
"""

import gguf
import numpy as np
import torch

from model import SPECIAL_SLOTS, Model, Shape

SPECIAL_PIECES = 4


def read(encoder_path, decoder_path):
    """The model, its pieces with their scores, and the names of its special tokens."""
    encoder, decoder = gguf.GGUFReader(encoder_path), gguf.GGUFReader(decoder_path)
    tokens = [bytes(encoder.fields["tokenizer.ggml.tokens"].parts[i]).decode() for i in encoder.fields["tokenizer.ggml.tokens"].data]
    scores = [float(encoder.fields["tokenizer.ggml.scores"].parts[i][0]) for i in encoder.fields["tokenizer.ggml.scores"].data]
    pieces = len(tokens) - SPECIAL_SLOTS
    names = [token[2:-2] for token in tokens[pieces:] if not token.startswith("<|reserved_")]
    model = Model(shape_of(encoder, decoder, pieces))
    fill_encoder(model, arrays(encoder), pieces)
    fill_decoder(model, arrays(decoder))
    return model, tokens[:pieces], scores[:pieces], names


def shape_of(encoder, decoder, pieces):
    number = lambda file, key: file.fields[key].parts[file.fields[key].data[0]][0].item()
    return Shape(
        width=number(encoder, "bert.embedding_length"),
        layers=number(encoder, "bert.block_count"),
        heads=number(encoder, "bert.attention.head_count"),
        hidden=number(encoder, "bert.feed_forward_length"),
        vocab=pieces,
        positions=number(encoder, "bert.context_length"),
        eps=number(encoder, "bert.attention.layer_norm_epsilon"),
        decoder_layers=number(decoder, "llama.block_count"),
        decoder_heads=number(decoder, "llama.attention.head_count"),
        decoder_head_dim=number(decoder, "llama.attention.key_length"),
        decoder_hidden=number(decoder, "llama.feed_forward_length"),
        context=number(decoder, "llama.context_length"),
    )


def arrays(file):
    return {t.name: torch.from_numpy(np.array(gguf.quants.dequantize(t.data, t.tensor_type), np.float32)) for t in file.tensors}


@torch.no_grad()
def fill_encoder(model, found, pieces):
    encoder = model.encoder
    encoder.word.weight.copy_(found["token_embd.weight"][:pieces])
    encoder.special.weight.copy_(found["token_embd.weight"][pieces:])
    encoder.place.weight.copy_(found["position_embd.weight"])
    encoder.kind.copy_(found["token_types.weight"][0])
    both(encoder.norm, found, "token_embd_norm")
    for i, layer in enumerate(encoder.layers):
        layer.qkv.weight.copy_(torch.cat([found[f"blk.{i}.attn_{m}.weight"] for m in "qkv"]))
        layer.qkv.bias.copy_(torch.cat([found[f"blk.{i}.attn_{m}.bias"] for m in "qkv"]))
        for part, name in (
            (layer.out, "attn_output"),
            (layer.attn_norm, "attn_output_norm"),
            (layer.up, "ffn_up"),
            (layer.down, "ffn_down"),
            (layer.out_norm, "layer_output_norm"),
        ):
            both(part, found, f"blk.{i}.{name}")


def both(part, found, name):
    part.weight.copy_(found[name + ".weight"])
    part.bias.copy_(found[name + ".bias"])


@torch.no_grad()
def fill_decoder(model, found):
    decoder, heads = model.decoder, model.shape.decoder_heads
    decoder.embed.weight.copy_(found["token_embd.weight"][:SPECIAL_SLOTS])
    decoder.norm.weight.copy_(found["output_norm.weight"])
    for i, block in enumerate(decoder.blocks):
        part = lambda name: found[f"blk.{i}.{name}.weight"]
        q, k = halves(part("attn_q"), heads), halves(part("attn_k"), heads)
        block.attn_norm.weight.copy_(part("attn_norm"))
        block.qkv.weight.copy_(torch.cat((q, k, part("attn_v"))))
        block.out.weight.copy_(part("attn_output"))
        block.ffn_norm.weight.copy_(part("ffn_norm"))
        block.gate_up.weight.copy_(torch.cat((part("ffn_gate"), part("ffn_up"))))
        block.down.weight.copy_(part("ffn_down"))


def halves(weight, heads):
    """What `export.pairs` did, undone."""
    out, wide = weight.shape
    return weight.reshape(heads, out // heads // 2, 2, wide).transpose(1, 2).reshape(out, wide)
