"""Runs both peers: checks their ids on a small golden model, then times decoding at 410M. Prints Markdown.

usage: run.py GOLDEN_FOLDER SECONDS [BATCH …]      without PyTorch or a GPU it says so and ends with 0
"""
import sys
import time


def check(folder, device):
    import torch
    from authors import Authors
    from neox import golden_weights, read_tensors
    from repaired import Repaired

    shape, weights = golden_weights(folder, device)
    expected = read_tensors(folder + "/expected.safetensors")
    tokens = expected["input_ids"].to(device).long()
    authors = Authors(shape, weights, tokens.shape[1] + 8)
    with torch.no_grad():
        authors.forward(tokens, 0)
    sites = different = 0
    for (layer, place, head), ids in authors.ids.items():
        name = f"codes.layer{layer}." + (f"attn_preproj.head{head}" if place == "attn" else "mlp")
        if name in expected:
            sites += 1
            different += int((ids.reshape(-1) != expected[name].reshape(-1).long()).sum())
    print(f"- authors' way, golden model: {sites} sites compared, {different} ids differ")
    said = authors.generate(tokens, 6)
    repaired = Repaired(shape, weights, tokens.shape[0], tokens.shape[1] + 16)
    same = torch.equal(said, repaired.generate(tokens, 6))
    print(f"- repaired, golden model: the same 6 greedy tokens as the authors' way: {same}")
    return sites > 0 and different == 0 and same


def times(run, seconds):
    import torch

    run()
    torch.cuda.synchronize()
    took, until = [], time.time() + seconds
    while len(took) < 5 or time.time() < until:
        begun = time.time()
        run()
        torch.cuda.synchronize()
        took.append(time.time() - begun)
    took.sort()
    return took


def tell(whose, dtype, batch, ms):
    """For GpuGoals."""
    print(f"#ms {whose} {dtype.replace('bfloat16', 'bf16').replace('float32', 'f32')} {batch} {ms:.4f}", flush=True)


def row(name, dtype, batch, took):
    middle, best, late = took[len(took) // 2], took[0], took[len(took) * 9 // 10]
    print(
        f"| {name} | {dtype} | {batch} | {middle * 1e3:.3f} ({best * 1e3:.3f}, {late * 1e3:.3f}) | {batch / middle:.0f} |",
        flush=True,
    )
    tell(name, dtype, batch, middle * 1e3)


def measure(seconds, batches):
    import torch
    from authors import Authors
    from neox import M410, random_weights
    from repaired import Repaired

    context = 128
    print(f"\n410M shape, codebooks on all heads (10,000 codes, k = 8), {context} positions before; median (best, 90 %).\n")
    print("| peer | weights | batch | ms per step | tokens/s |\n|---|---|---|---|---|")
    for dtype in (torch.float32, torch.bfloat16):
        word = str(dtype).removeprefix("torch.")
        weights = random_weights(M410, "cuda", dtype)
        for batch in batches:
            prompt = torch.randint(1, M410.vocabulary, (batch, context), device="cuda")
            try:
                authors = Authors(M410, weights)
                with torch.no_grad():
                    for at in range(0, context, 8):  # in parts: all scores of a prompt would not fit
                        authors.forward(prompt[:, at : at + 8], at)
                    state = list(authors.cache)

                    def step():
                        authors.cache = list(state)
                        authors.forward(prompt[:, :1], context).argmax(dim=-1)

                    row("authors", word, batch, times(step, seconds))
                del authors, state
                repaired = Repaired(M410, weights, batch, 256)
                repaired.tokens.copy_(prompt[:, :1])
                repaired.start(context)
                repaired.capture()

                def replay():
                    repaired.start(context)
                    repaired.run()

                row("repaired", word, batch, times(replay, seconds))
                del repaired
            except torch.cuda.OutOfMemoryError as error:
                print(f"| out of memory | {word} | {batch} | {str(error).splitlines()[0][:80]} | |", flush=True)
            torch.cuda.empty_cache()
        if dtype == torch.bfloat16:
            library(M410, weights, batches)
        del weights


def library(shape, weights, batches):
    import torch
    from library import CONTEXT, attention_ms, linear_ms

    print("")
    for batch in batches:
        linear = linear_ms(shape, weights, batch, torch.bfloat16)
        # Keys and values of the type that the engine's step was measured with.
        attention = attention_ms(shape, batch, torch.float32)
        print(f"- the libraries, batch {batch}: products {linear:.3f} ms, attention over {CONTEXT} float32 positions {attention:.3f} ms")
        tell("library-linear", "bf16", batch, linear)
        tell("library-attention", "bf16", batch, attention)


def main():
    print(f"### Peers in PyTorch\n\n- Python {sys.version.split()[0]}")
    try:
        import torch
    except ImportError:
        print("- skipped: no PyTorch here")
        return 0
    print(f"- PyTorch {torch.__version__}, CUDA {torch.version.cuda}")
    if not torch.cuda.is_available():
        # The check needs no GPU.
        return 0 if check(sys.argv[1], "cpu") else 1
    print(f"- {torch.cuda.get_device_name(0)}")
    if not check(sys.argv[1], "cuda"):
        print("- the peers do not give the expected ids: no times are taken")
        return 1
    # As the authors' configurations allow.
    torch.backends.cuda.matmul.allow_tf32 = True
    measure(float(sys.argv[2]), [int(batch) for batch in sys.argv[3:]] or [1, 32, 256])
    return 0


if __name__ == "__main__":
    sys.exit(main())
