"""What a general model's shape would take for the same request.

compare.py FOLDER   0.5 B parameters of random weights: milliseconds with the house in the prompt

Runs target/release/hearth-llm.
"""

import argparse
import json
import subprocess
from pathlib import Path

import gguf
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
# Qwen2.5-0.5B's shape. A house of sixty things in Home Assistant's own prompt takes about 1,000 tokens.
GENERAL = {"vocab": 151936, "width": 896, "layers": 24, "heads": 14, "kv_heads": 2, "hidden": 4864}
HOUSE_TOKENS = 1000


def bench(file, *options):
    out = subprocess.run([ROOT / "target/release/hearth-llm", "bench", file, *map(str, options)], check=True, capture_output=True, text=True).stdout
    return json.loads(out)


def general(folder):
    file = folder / "general.gguf"
    folder.mkdir(parents=True, exist_ok=True)
    write_random(file, GENERAL)
    print("| prompt | threads | prompt, s, median and least | code token, ms, median and least |\n|---|---|---|---|")
    for tokens, threads in ((HOUSE_TOKENS, 1), (HOUSE_TOKENS, 2), (24, 1), (24, 2)):
        timed = bench(file, tokens, threads)
        print(f"| {tokens} tokens | {threads} | {timed['prompt_ms'] / 1000:.1f}, {timed['least_prompt_ms'] / 1000:.1f} | {timed['code_token_ms']:.0f}, {timed['least_code_token_ms']:.0f} |", flush=True)


def write_random(file, shape):
    """A llama of that shape, Q4_0, whose weights say nothing; the time does not depend on what they say."""
    random = np.random.default_rng(1)
    writer = gguf.GGUFWriter(file, "llama")
    writer.add_context_length(4096)
    writer.add_embedding_length(shape["width"])
    writer.add_block_count(shape["layers"])
    writer.add_feed_forward_length(shape["hidden"])
    writer.add_head_count(shape["heads"])
    writer.add_head_count_kv(shape["kv_heads"])
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_dimension_count(shape["width"] // shape["heads"])
    writer.add_vocab_size(shape["vocab"])
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("gpt-2")
    writer.add_token_list([f"t{n}" for n in range(shape["vocab"])])
    writer.add_token_merges(["t 1"])
    writer.add_bos_token_id(0)
    writer.add_eos_token_id(1)

    def matrix(name, rows, columns):
        blocks = random.integers(0, 256, (rows, columns // 32, 18), dtype=np.uint8)
        blocks[:, :, :2] = np.frombuffer(np.float16(0.01).tobytes(), dtype=np.uint8)
        writer.add_tensor(name, blocks.reshape(rows, -1), raw_dtype=gguf.GGMLQuantizationType.Q4_0)

    width, kv = shape["width"], shape["width"] // shape["heads"] * shape["kv_heads"]
    matrix("token_embd.weight", shape["vocab"], width)
    writer.add_tensor("output_norm.weight", np.ones(width, dtype=np.float32))
    for block in range(shape["layers"]):
        for name in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{block}.{name}.weight", np.ones(width, dtype=np.float32))
        for name, rows, columns in (
            ("attn_q", width, width), ("attn_k", kv, width), ("attn_v", kv, width), ("attn_output", width, width),
            ("ffn_gate", shape["hidden"], width), ("ffn_up", shape["hidden"], width), ("ffn_down", width, shape["hidden"]),
        ):
            matrix(f"blk.{block}.{name}.weight", rows, columns)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    general(parser.parse_args().folder)
