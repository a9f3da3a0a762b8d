"""Writes a checkpoint as GGUF, for llama.cpp and whatever reads that format.

The second stage's averaged weights are taken, or the first stage's plain ones, with every slot reserved.
"""

import argparse
import hashlib
import json
from pathlib import Path

import gguf
import numpy as np
import torch

import common
from model import Model, Shape, parameters
from tokenizer import SPECIAL_SLOTS, TEXT_VOCAB

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
RUN_CONTEXT = 512


def main():
    args = arguments()
    model, names = load(args.checkpoint)
    write(args, model, names)
    print(f"{args.out}: {args.out.stat().st_size} bytes, {parameters(model)} parameters")
    print(f"sha256 {hashlib.sha256(args.out.read_bytes()).hexdigest()}")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--type", choices=TYPES, default="q8_0")
    parser.add_argument("--tokenizer", type=Path, default=common.WORK / "tokenizer.json")
    parser.add_argument("--dialect", type=int, default=1, help="number of the intent code, which the hub compares")
    parser.add_argument("--name", default="Hearth intent model")
    parser.add_argument("--version", default="0.1.0")
    parser.add_argument("--license", default="Apache-2.0 OR MIT")
    return parser.parse_args()


def load(path):
    """The model with the weights that are meant for use, and the names of its special tokens."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    model = Model(Shape(**state["shape"]))
    model.load_state_dict(state["model"])
    if "average" in state:
        with torch.no_grad():
            for to, value in zip(model.parameters(), state["average"], strict=True):
                to.copy_(value)
    return model.eval(), state.get("names", ["begin", "end", "code"])


def write(args, model, names):
    writer = gguf.GGUFWriter(args.out, "llama")
    describe(writer, args, model.shape)
    vocabulary(writer, args.tokenizer, names)
    for name, values in tensors(model):
        kind = TYPES[args.type] if values.ndim == 2 else TYPES["f32"]
        writer.add_tensor(name, gguf.quants.quantize(values, kind), raw_dtype=kind)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def describe(writer, args, shape):
    writer.add_type("model")
    writer.add_name(args.name)
    writer.add_author("the Hearth project")
    writer.add_version(args.version)
    writer.add_license(args.license)
    writer.add_description("Turns what is said to a home into intent codes; trained from nothing, see models/README.md.")
    writer.add_languages(["en", "zh"])
    writer.add_tags(["smart-home", "intent"])
    writer.add_uint32("hearth.dialect", args.dialect)
    writer.add_file_type(FILE_TYPES[args.type])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(RUN_CONTEXT)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.hidden)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_key_length(shape.head_dim)
    writer.add_value_length(shape.head_dim)
    writer.add_layer_norm_rms_eps(shape.norm_eps)
    writer.add_rope_dimension_count(shape.head_dim)
    writer.add_rope_freq_base(shape.rope_theta)
    writer.add_vocab_size(shape.vocab)


def vocabulary(writer, path, names):
    bpe = json.loads(Path(path).read_text(encoding="utf-8"))["model"]
    learned = sorted(bpe["vocab"], key=bpe["vocab"].get)
    slots = [f"<|{name}|>" for name in names]
    slots += [f"<|reserved_{i}|>" for i in range(len(slots), SPECIAL_SLOTS)]
    # Control tokens are never found in plain text, so nothing that is said can become one.
    kinds = [gguf.TokenType.NORMAL] * TEXT_VOCAB + [gguf.TokenType.CONTROL] * SPECIAL_SLOTS
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list(learned + slots)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(merge) for merge in bpe["merges"]])
    writer.add_bos_token_id(TEXT_VOCAB)
    writer.add_eos_token_id(TEXT_VOCAB + 1)
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)


def tensors(model):
    shape = model.shape
    yield "token_embd.weight", array(model.embed.weight)
    yield "output_norm.weight", array(model.norm.weight)
    for i, block in enumerate(model.blocks):
        sizes = [n * shape.head_dim for n in (shape.heads, shape.kv_heads, shape.kv_heads)]
        q, k, v = block.qkv.weight.split(sizes)
        gate, up = block.gate_up.weight.chunk(2)
        yield f"blk.{i}.attn_norm.weight", array(block.attn_norm.weight)
        yield f"blk.{i}.attn_q.weight", pairs(array(q), shape.heads)
        yield f"blk.{i}.attn_k.weight", pairs(array(k), shape.kv_heads)
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
