"""Writes a checkpoint as two GGUF files, for llama.cpp: the encoder that reads and the decoder that writes.

The averaged weights are taken. What goes into the files beside them is what llama.cpp wants of a model of that kind.
"""

import argparse
import hashlib
from pathlib import Path

import gguf
import numpy as np
import torch

from model import BYTES, MAX_WORDS, SPECIAL_SLOTS, Model, Shape, parameters

TYPES = {
    "f32": gguf.GGMLQuantizationType.F32,
    "f16": gguf.GGMLQuantizationType.F16,
    "q8_0": gguf.GGMLQuantizationType.Q8_0,
}
FILE_TYPES = {
    "f32": gguf.LlamaFileType.ALL_F32,
    "f16": gguf.LlamaFileType.MOSTLY_F16,
    "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0,
}
# Pieces at the beginning of the encoder's vocabulary.
BEGIN, PAD, END, UNKNOWN = range(4)


def main():
    args = arguments()
    model, state = load(args.checkpoint)
    args.out.mkdir(parents=True, exist_ok=True)
    encoder, decoder = args.out / f"{args.stem}-encoder.gguf", args.out / f"{args.stem}-decoder.gguf"
    write_encoder(args, model, state, encoder)
    write_decoder(args, model, state, decoder)
    print(f"{parameters(model)} parameters")
    for path in (encoder, decoder):
        print(f"{path} {path.stat().st_size} {hashlib.sha256(path.read_bytes()).hexdigest()}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path, help="the folder")
    parser.add_argument("--stem", default="hearth-intent")
    parser.add_argument("--type", choices=TYPES, default="q8_0")
    parser.add_argument("--dialect", type=int, default=3, help="number of the intent code, which the hub compares")
    parser.add_argument("--version", default="0.2.0")
    return parser.parse_args()


def load(path):
    """The model with the weights that are meant for use, and the rest of the checkpoint."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = Model(Shape(**state["shape"]))
    model.load_state_dict(state["model"])
    if "average" in state:
        with torch.no_grad():
            for to, value in zip(model.parameters(), state["average"], strict=True):
                to.copy_(value)
    return model.eval(), state


def begin(args, path, arch, name, description):
    writer = gguf.GGUFWriter(path, arch)
    writer.add_type("model")
    writer.add_name(name)
    writer.add_author("the Hearth project")
    writer.add_version(args.version)
    writer.add_license("Apache-2.0 OR MIT")
    writer.add_description(description)
    writer.add_languages(["en", "zh"])
    writer.add_tags(["smart-home", "intent"])
    writer.add_uint32("hearth.dialect", args.dialect)
    writer.add_file_type(FILE_TYPES[args.type])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    return writer


def finish(args, writer, tensors):
    for name, values in tensors:
        is_matrix = values.ndim == 2 and name not in ("position_embd.weight", "token_types.weight")
        kind = TYPES[args.type] if is_matrix else TYPES["f32"]
        writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def slots(names):
    """Special tokens by their places. Control tokens are never found in plain text, so nothing that is said can become
    one."""
    named = [f"<|{name}|>" for name in names]
    return named + [f"<|reserved_{i}|>" for i in range(len(named), SPECIAL_SLOTS)]


def write_encoder(args, model, state, path):
    shape = model.shape
    about = "Reads what is said to a home; fine-tuned from multilingual-e5-small (MIT), see models/README.md."
    writer = begin(args, path, "bert", "Hearth intent model, encoder", about)
    writer.add_context_length(shape.positions)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_layer_norm_eps(shape.eps)
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.NONE)
    special = slots(state["names"])
    kinds = [gguf.TokenType.CONTROL] * UNKNOWN + [gguf.TokenType.UNKNOWN]
    kinds += [gguf.TokenType.NORMAL] * (len(state["pieces"]) - len(kinds)) + [gguf.TokenType.CONTROL] * len(special)
    writer.add_tokenizer_model("t5")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(["<s>", "<pad>", "</s>", "<unk>", *state["pieces"][4:], *special])
    writer.add_token_scores([*state["scores"], *([-10000.0] * len(special))])
    writer.add_token_types(kinds)
    writer.add_token_type_count(1)
    writer.add_bos_token_id(BEGIN)
    writer.add_eos_token_id(END)
    writer.add_unk_token_id(UNKNOWN)
    writer.add_pad_token_id(PAD)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_remove_extra_whitespaces(False)
    finish(args, writer, encoder_tensors(model))


def encoder_tensors(model):
    encoder = model.encoder
    yield "token_embd.weight", array(torch.cat((encoder.word.weight, encoder.special.weight)))
    yield "position_embd.weight", array(encoder.place.weight)
    yield "token_types.weight", array(encoder.kind)[None]
    yield from both("token_embd_norm", encoder.norm)
    for i, layer in enumerate(encoder.layers):
        for part, name in enumerate("qkv"):
            width = model.shape.width
            yield f"blk.{i}.attn_{name}.weight", array(layer.qkv.weight[part * width : (part + 1) * width])
            yield f"blk.{i}.attn_{name}.bias", array(layer.qkv.bias[part * width : (part + 1) * width])
        yield from both(f"blk.{i}.attn_output", layer.out)
        yield from both(f"blk.{i}.attn_output_norm", layer.attn_norm)
        yield from both(f"blk.{i}.ffn_up", layer.up)
        yield from both(f"blk.{i}.ffn_down", layer.down)
        yield from both(f"blk.{i}.layer_output_norm", layer.out_norm)


def both(name, part):
    yield name + ".weight", array(part.weight)
    yield name + ".bias", array(part.bias)


def write_decoder(args, model, state, path):
    shape = model.shape
    about = "Writes the intent code of what its encoder read; see models/README.md."
    writer = begin(args, path, "llama", "Hearth intent model, decoder", about)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.decoder_width)
    writer.add_block_count(shape.decoder_layers)
    writer.add_feed_forward_length(shape.decoder_hidden)
    writer.add_head_count(shape.decoder_heads)
    writer.add_head_count_kv(shape.decoder_heads)
    writer.add_key_length(shape.decoder_head_dim)
    writer.add_value_length(shape.decoder_head_dim)
    writer.add_layer_norm_rms_eps(shape.rms_eps)
    writer.add_rope_dimension_count(shape.decoder_head_dim)
    writer.add_rope_freq_base(shape.rope_theta)
    writer.add_vocab_size(SPECIAL_SLOTS + BYTES)
    writer.add_uint32("hearth.words", MAX_WORDS)
    # llama.cpp wants a vocabulary of text too, so the bytes follow; none is ever written.
    kinds = [gguf.TokenType.CONTROL] * SPECIAL_SLOTS + [gguf.TokenType.NORMAL] * BYTES
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(slots(state["names"]) + byte_symbols())
    writer.add_token_types(kinds)
    # An empty list can not be written, and this one is never used.
    writer.add_token_merges(["t h"])
    writer.add_bos_token_id(state["names"].index("begin"))
    writer.add_eos_token_id(state["names"].index("end"))
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    finish(args, writer, decoder_tensors(model))


def byte_symbols():
    """GPT-2's printable stand-in for each byte."""
    plain = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {b: chr(b) for b in plain}
    others = [b for b in range(BYTES) if b not in table]
    table |= {b: chr(BYTES + i) for i, b in enumerate(others)}
    return [table[b] for b in range(BYTES)]


def decoder_tensors(model):
    shape, decoder = model.shape, model.decoder
    spare = torch.zeros(BYTES, shape.decoder_width)
    yield "token_embd.weight", array(torch.cat((decoder.embed.weight, spare)))
    yield "output_norm.weight", array(decoder.norm.weight)
    for i, block in enumerate(decoder.blocks):
        q, k, v = block.qkv.weight.chunk(3)
        gate, up = block.gate_up.weight.chunk(2)
        yield f"blk.{i}.attn_norm.weight", array(block.attn_norm.weight)
        yield f"blk.{i}.attn_q.weight", pairs(array(q), shape.decoder_heads)
        yield f"blk.{i}.attn_k.weight", pairs(array(k), shape.decoder_heads)
        yield f"blk.{i}.attn_v.weight", array(v)
        yield f"blk.{i}.attn_output.weight", array(block.out.weight)
        yield f"blk.{i}.ffn_norm.weight", array(block.ffn_norm.weight)
        yield f"blk.{i}.ffn_gate.weight", array(gate)
        yield f"blk.{i}.ffn_up.weight", array(up)
        yield f"blk.{i}.ffn_down.weight", array(block.down.weight)


def pairs(weight, heads):
    """llama.cpp turns neighbours (0, 1), (2, 3), …; the model turns halves (0, d/2), (1, d/2 + 1), …"""
    out, wide = weight.shape
    halves = weight.reshape(heads, 2, out // heads // 2, wide)
    return np.ascontiguousarray(halves.swapaxes(1, 2).reshape(out, wide))


def array(tensor):
    return np.ascontiguousarray(tensor.detach().float().numpy())


if __name__ == "__main__":
    main()
