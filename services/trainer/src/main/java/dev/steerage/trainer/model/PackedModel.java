package dev.steerage.trainer.model;

import dev.steerage.ops.Backend;
import dev.steerage.ops.Floats;
import dev.steerage.ops.Team;
import dev.steerage.ops.linear.PackedLinear;
import dev.steerage.ops.snap.PackedCodebook;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/// The weights of one step in the layout of the forward kernels. Made after every update, by all
/// threads; the same kernels and layouts as in the engine, so the forward gives the same bits.
public final class PackedModel implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final Map<LinearMap, PackedLinear> maps = new IdentityHashMap<>();
  private final PackedCodebook[] codebooks;
  private final MemorySegment parameters;

  /// @param snapped whether codebooks are packed as well
  public PackedModel(
      Blueprint blueprint, MemorySegment parameters, Backend backend, Team team, boolean snapped) {
    this.parameters = parameters;
    List<LinearMap> all = new ArrayList<>();
    for (BlockMap block : blueprint.blocks()) {
      all.addAll(block.qkv());
      all.addAll(List.of(block.attentionOut(), block.up(), block.down()));
    }
    all.add(blueprint.head());
    int sites = snapped ? blueprint.sites().size() : 0;
    codebooks = new PackedCodebook[sites];
    PackedLinear[] packed = new PackedLinear[all.size()];
    List<Parameter> codes = new ArrayList<>();
    for (int site = 0; site < sites; site++) {
      codes.add(blueprint.codes(site));
    }
    team.each(
        all.size() + sites,
        (number, worker) -> {
          if (number < all.size()) {
            packed[number] = pack(all.get(number), backend);
          } else {
            Parameter code = codes.get(number - all.size());
            codebooks[number - all.size()] =
                backend
                    .snap()
                    .pack(
                        slice(parameters, code),
                        code.shape()[0],
                        code.shape()[1],
                        blueprint.siteType(number - all.size()).similarity(),
                        arena);
          }
        });
    for (int i = 0; i < packed.length; i++) {
      maps.put(all.get(i), packed[i]);
    }
  }

  MemorySegment parameters() {
    return parameters;
  }

  PackedLinear map(LinearMap map) {
    return maps.get(map);
  }

  PackedCodebook codebook(int site) {
    return codebooks[site];
  }

  public boolean isSnapped() {
    return codebooks.length > 0;
  }

  static MemorySegment slice(MemorySegment flat, Parameter parameter) {
    return flat.asSlice(parameter.offset() * Float.BYTES, parameter.count() * Float.BYTES);
  }

  private PackedLinear pack(LinearMap map, Backend backend) {
    MemorySegment weight = slice(parameters, map.weight());
    MemorySegment biasOrNull =
        map.biasOrNull() == null ? null : slice(parameters, map.biasOrNull());
    if (map.transposed()) {
      MemorySegment stored = weight;
      weight = arena.allocate((long) map.out() * map.in() * Float.BYTES, 64);
      for (int i = 0; i < map.in(); i++) {
        for (int o = 0; o < map.out(); o++) {
          Floats.set(weight, (long) o * map.in() + i, Floats.get(stored, (long) i * map.out() + o));
        }
      }
    }
    return backend.linear().pack(weight, biasOrNull, map.out(), map.in(), arena);
  }

  @Override
  public void close() {
    arena.close();
  }
}
