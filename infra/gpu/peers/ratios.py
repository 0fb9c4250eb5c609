"""Reads the `#json` lines of a result file and prints how many times faster the engine is than each peer."""
import json
import sys

ours, peers = {}, {}
for line in open(sys.argv[1]):
    if line.startswith("#json "):
        entry = json.loads(line[6:])
        key = (entry["dtype"].replace("bfloat16", "bf16").replace("float32", "f32"), entry["batch"])
        if "engine" in entry:
            ours[key] = entry["ms"]
        else:
            peers[(entry["peer"],) + key] = entry["ms"]
if not ours or not peers:
    print("No ratios: the stages speed and peers have to be in one file.")
    sys.exit()
print("| peer | its weights | batch | ours (weights), ms | peer, ms | times faster |\n|---|---|---|---|---|---|")
for (peer, dtype, batch), ms in sorted(peers.items()):
    for (own, size), mine in sorted(ours.items()):
        if size == batch:
            print(f"| {peer} | {dtype} | {batch} | {mine:.3f} ({own}) | {ms:.3f} | {ms / mine:.1f} |")
