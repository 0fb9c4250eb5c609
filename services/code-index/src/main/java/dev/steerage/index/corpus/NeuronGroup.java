package dev.steerage.index.corpus;

import dev.steerage.index.codec.Input;
import dev.steerage.index.codec.Output;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// Neurons of one place.
///
/// @param name of the place, e.g. `L3.mlp_mid`
public record NeuronGroup(String name, int count) {
  static void write(List<NeuronGroup> groups, Output to) {
    to.varint(groups.size());
    for (NeuronGroup group : groups) {
      to.text(group.name());
      to.varint(group.count());
    }
  }

  static List<NeuronGroup> read(MemorySegment from) {
    var in = new Input(from, 0);
    List<NeuronGroup> groups = new ArrayList<>();
    for (int left = in.varint(); left > 0; left--) {
      groups.add(new NeuronGroup(in.text(), in.varint()));
    }
    return groups;
  }
}
