"""What the vendor's libraries take for the two parts of a step that bit-stability could slow down: the dense products
(cuBLAS picks its algorithm by the batch) and attention (PyTorch's fastest, which splits by the batch). Neither promises
the same bits from batch to batch. Each part of all layers is one CUDA graph on its own weights, keys and values.
"""
import torch
import torch.nn.functional as F

CONTEXT = 256  # what the engine's streams look back over, on average


def graph_of(work):
    """Captures `work`, which is run three times before."""
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            work()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        work()
    return graph


def milliseconds(graph, rounds=50):
    begun, ended = (torch.cuda.Event(enable_timing=True) for _ in range(2))
    graph.replay()
    begun.record()
    for _ in range(rounds):
        graph.replay()
    ended.record()
    torch.cuda.synchronize()
    return begun.elapsed_time(ended) / rounds


@torch.no_grad()
def linear_ms(shape, weights, batch, dtype):
    x = torch.randn(batch, shape.width, device="cuda", dtype=dtype)
    inner = torch.randn(batch, shape.inner, device="cuda", dtype=dtype)

    def work():
        for i in range(shape.layers):
            for name in ("qkv", "out", "up"):
                F.linear(x, weights[f"{i}.{name}.w"], weights[f"{i}.{name}.b"])
            F.linear(inner, weights[f"{i}.down.w"], weights[f"{i}.down.b"])
        F.linear(x, weights["head"])

    return milliseconds(graph_of(work))


@torch.no_grad()
def attention_ms(shape, batch, dtype):
    q = torch.randn(batch, shape.heads, 1, shape.head, device="cuda", dtype=dtype)
    room = (batch, shape.heads, CONTEXT, shape.head)
    # As many layers as memory is surely there for; more than any cache holds.
    layers = min(shape.layers, max(2, (1 << 32) // (q.numel() * CONTEXT * 4)))
    keys = [torch.randn(room, device="cuda", dtype=dtype) for _ in range(layers)]
    values = [torch.randn(room, device="cuda", dtype=dtype) for _ in range(layers)]

    def work():
        for i in range(shape.layers):
            F.scaled_dot_product_attention(q, keys[i % layers], values[i % layers])

    return milliseconds(graph_of(work))
