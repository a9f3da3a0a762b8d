"""What quantisation costs and saves, and what a general model's shape would take for the same request.

compare.py types CHECKPOINT FOLDER   the intent model as F16, Q8_0, Q4_0 and Q4_K_M: size, two evaluation sets, milliseconds
compare.py general FOLDER            0.5 B parameters of random weights: milliseconds with the house in the prompt

Runs target/release/hearthd and hearth-llm; the sets are looked for in ../shared/eval, or $HEARTH_EVAL.
"""

import argparse
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import gguf
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
SETS = Path(os.environ.get("HEARTH_EVAL", ROOT.parent / "shared/eval"))
# Qwen2.5-0.5B's shape. A house of sixty things in Home Assistant's own prompt takes about 1,000 tokens.
GENERAL = {"vocab": 151936, "width": 896, "layers": 24, "heads": 14, "kv_heads": 2, "hidden": 4864}
HOUSE_TOKENS = 1000


def types(checkpoint, folder):
    sys.path.insert(0, str(ROOT / "models/train"))
    import export

    print("| type | MB | human_iot_en | human_iot_zh | prompt of 24 tokens, ms, median and least | code token, ms, median and least |\n|---|---|---|---|---|---|")
    for kind in ("f16", "q8_0", "q4_0", "q4_k_m"):
        file = folder / kind / "model.gguf"
        file.parent.mkdir(parents=True, exist_ok=True)
        if kind in ("f16", "q8_0"):
            sys.argv = ["export.py", str(checkpoint), str(file), "--type", kind, "--tokenizer", str(checkpoint.parent / "tokenizer.json")]
            model, names = export.load(checkpoint)
            export.write(export.arguments(), model, names)
        else:
            subprocess.run([ROOT / "target/release/hearth-llm", "quantise", folder / "f16/model.gguf", file, kind.upper()], check=True, capture_output=True)
        sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
        kept = (ROOT / "models/manifest.toml").read_text(encoding="utf-8")
        kept = re.sub(r'^file = .*$', 'file = "model.gguf"', re.sub(r'^sha256 = .*$', f'sha256 = "{sha256}"', kept, flags=re.M), flags=re.M)
        (file.parent / "manifest.toml").write_text(re.sub(r"^size_bytes = .*$", f"size_bytes = {file.stat().st_size}", kept, flags=re.M), encoding="utf-8")
        right = [evaluate(file.parent, f"human_iot_{lang}", f"fixtures_human_{lang}.json") for lang in ("en", "zh")]
        timed = bench(file)
        print(f"| {kind.upper()} | {file.stat().st_size / 1e6:.1f} | {right[0]} | {right[1]} | {timed['prompt_ms']:.1f}, {timed['least_prompt_ms']:.1f} | {timed['code_token_ms']:.2f}, {timed['least_code_token_ms']:.2f} |", flush=True)


def evaluate(models, name, fixtures):
    out = models / f"{name}.jsonl"
    case, home = SETS / f"{name}.dev.jsonl", SETS / fixtures
    run = [ROOT / "target/release/hearthd", "parse", "--models", models, "--home", home, "--input", case, "--output", out]
    subprocess.run(run, check=True, env={**os.environ, "HEARTH_LOG": "error"})
    table = subprocess.run([sys.executable, SETS / "run.py", out, case, home], check=True, capture_output=True, text=True).stdout
    return re.search(r"right +([\d.]+ %)", table)[1]


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
    commands = parser.add_subparsers(dest="command", required=True)
    of_types = commands.add_parser("types")
    of_types.add_argument("checkpoint", type=Path)
    of_types.add_argument("folder", type=Path)
    commands.add_parser("general").add_argument("folder", type=Path)
    args = parser.parse_args()
    types(args.checkpoint, args.folder) if args.command == "types" else general(args.folder)
