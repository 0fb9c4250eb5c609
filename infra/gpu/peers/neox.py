"""Weights of a GPT-NeoX model with a codebook on every attention head, for the two peers.

Written from the equations alone (parallel residual, rotary on a quarter of each head, exact GELU);
weights come from a seed, or from a small golden model whose ids are known.
"""
import json
import math
import struct
from dataclasses import dataclass

import torch

DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I32": torch.int32, "I64": torch.int64}


@dataclass
class Shape:
    layers: int
    width: int
    heads: int
    inner: int
    vocabulary: int
    codes: int
    active: int
    mlp_active: int = 0
    rotary: float = 0.25
    rotary_base: float = 10000.0
    eps: float = 1e-5

    @property
    def head(self):
        return self.width // self.heads


M410 = Shape(layers=24, width=1024, heads=16, inner=4096, vocabulary=50304, codes=10_000, active=8)


def random_weights(shape, device, dtype, seed=7):
    """One dictionary of tensors by plain name; normal numbers, small enough that nothing overflows."""
    generator = torch.Generator(device="cpu").manual_seed(seed)

    def normal(*size, scale=0.02):
        return (torch.randn(*size, generator=generator) * scale).to(device=device, dtype=dtype)

    weights = {"embed": normal(shape.vocabulary, shape.width), "head": normal(shape.vocabulary, shape.width)}
    weights["last.w"], weights["last.b"] = torch.ones(shape.width), torch.zeros(shape.width)
    for i in range(shape.layers):
        at = f"{i}."
        for norm in ("ln1", "ln2"):
            weights[at + norm + ".w"], weights[at + norm + ".b"] = torch.ones(shape.width), torch.zeros(shape.width)
        for name, out, into in (
            ("qkv", 3 * shape.width, shape.width),
            ("out", shape.width, shape.width),
            ("up", shape.inner, shape.width),
            ("down", shape.width, shape.inner),
        ):
            weights[at + name + ".w"], weights[at + name + ".b"] = normal(out, into), torch.zeros(out)
        weights[at + "codes"] = normal(shape.heads, shape.codes, shape.head, scale=1.0)
        weights[at + "cln.w"] = torch.ones(shape.heads, shape.head)
        weights[at + "cln.b"] = torch.zeros(shape.heads, shape.head)
    return {name: tensor.to(device=device, dtype=dtype) for name, tensor in weights.items()}


def read_tensors(path):
    """A safetensors file, without a library."""
    with open(path, "rb") as file:
        data = file.read()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        if name == "__metadata__":
            continue
        begin, end = (8 + length + offset for offset in entry["data_offsets"])
        raw = torch.frombuffer(bytearray(data[begin:end]), dtype=DTYPES[entry["dtype"]])
        tensors[name] = raw.reshape(entry["shape"])
    return tensors


def golden_weights(folder, device):
    """The golden GPT-NeoX model of this project: its shape and its weights, MLP codebooks among them."""
    tensors = read_tensors(folder + "/model.safetensors")
    config = json.load(open(folder + "/base_config.json"))
    books = json.load(open(folder + "/config.json"))
    active = books["k_codebook"]
    trunk = {name.removeprefix("model.").replace(".module_layer", ""): tensor for name, tensor in tensors.items()}
    layers, heads = config["num_hidden_layers"], config["num_attention_heads"]
    first = trunk["gpt_neox.layers.0.attention.codebook_layer.codebook.0.codebook.weight"]
    shape = Shape(
        layers=layers,
        width=config["hidden_size"],
        heads=heads,
        inner=config["intermediate_size"],
        vocabulary=config["vocab_size"],
        codes=first.shape[0],
        active=active[0] if isinstance(active, list) else active,
        mlp_active=active[-1] if isinstance(active, list) else active,
        rotary=config.get("rotary_pct", 0.25),
        rotary_base=float(config.get("rotary_emb_base", 10000)),
        eps=config.get("layer_norm_eps", 1e-5),
    )
    weights = {
        "embed": trunk["gpt_neox.embed_in.weight"],
        "head": trunk["embed_out.weight"],
        "last.w": trunk["gpt_neox.final_layer_norm.weight"],
        "last.b": trunk["gpt_neox.final_layer_norm.bias"],
    }
    names = {
        "ln1": "input_layernorm",
        "ln2": "post_attention_layernorm",
        "qkv": "attention.query_key_value",
        "out": "attention.dense",
        "up": "mlp.dense_h_to_4h",
        "down": "mlp.dense_4h_to_h",
    }
    for i in range(layers):
        at = f"gpt_neox.layers.{i}."
        for short, name in names.items():
            weights[f"{i}.{short}.w"] = trunk[at + name + ".weight"]
            weights[f"{i}.{short}.b"] = trunk[at + name + ".bias"]
        book = at + "attention.codebook_layer.codebook.{}"
        for short, name in {"codes": ".codebook.weight", "cln.w": ".ln.weight", "cln.b": ".ln.bias"}.items():
            weights[f"{i}.{short}"] = torch.stack([trunk[book.format(h) + name] for h in range(heads)])
        mlp = at + "mlp.codebook_layer"
        if mlp + ".codebook.weight" in trunk:
            weights[f"{i}.mlp.codes"] = trunk[mlp + ".codebook.weight"]
            weights[f"{i}.mlp.cln.w"] = trunk[mlp + ".ln.weight"]
            weights[f"{i}.mlp.cln.b"] = trunk[mlp + ".ln.bias"]
    return shape, {name: tensor.to(device=device, dtype=torch.float32) for name, tensor in weights.items()}


def rotary_table(shape, positions, device, dtype):
    rotated = int(shape.head * shape.rotary)
    frequency = shape.rotary_base ** (-torch.arange(0, rotated, 2, dtype=torch.float64) / rotated)
    angle = torch.arange(positions, dtype=torch.float64)[:, None] * frequency[None, :]
    return angle.cos().to(device, dtype), angle.sin().to(device, dtype)


def rotate(x, cos, sin):
    """x [batch, heads, time, head]; cos, sin [time, rotated / 2]."""
    half = cos.shape[-1]
    a, b, rest = x[..., :half], x[..., half : 2 * half], x[..., 2 * half :]
    return torch.cat((a * cos - b * sin, b * cos + a * sin, rest), dim=-1)


def scale(shape):
    return 1 / math.sqrt(shape.head)
