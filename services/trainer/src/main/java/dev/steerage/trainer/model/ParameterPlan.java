package dev.steerage.trainer.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Which tensors a model has and where each lies in one flat block of float32.
///
/// Each begins at a multiple of 16 elements, so that ranges can be cut at cache lines; the gaps
/// stay 0.
public final class ParameterPlan {
  private static final int ALIGNMENT = 16;

  private final Map<String, Parameter> byName = new LinkedHashMap<>();
  private long end;

  Parameter add(String name, Parameter.Role role, boolean trainedByAuthors, int... shape) {
    Parameter parameter = new Parameter(name, shape.clone(), end, role, trainedByAuthors);
    if (byName.put(name, parameter) != null) {
      throw new IllegalArgumentException("parameter: name=" + name + ", limit=once");
    }
    end += (parameter.count() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return parameter;
  }

  /// All parameters, in order of their offsets.
  public List<Parameter> all() {
    return Collections.unmodifiableList(new ArrayList<>(byName.values()));
  }

  /// The parameter of that name, or null.
  public Parameter get(String name) {
    return byName.get(name);
  }

  /// Elements of the flat block.
  public long elements() {
    return end;
  }
}
