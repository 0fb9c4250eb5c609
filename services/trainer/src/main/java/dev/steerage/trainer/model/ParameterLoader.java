package dev.steerage.trainer.model;

import dev.steerage.trainer.TrainerException;
import dev.steerage.transformer.checkpoint.StoredTensors;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Takes the parameters of a model from a checkpoint, dense or with codebooks: names are compared
/// without the `model.` in front and without the `.module_layer` of wrapped modules.
public final class ParameterLoader {
  private static final String PREFIX = "model.";

  private ParameterLoader() {}

  /// Copies what the checkpoint has into the flat block.
  ///
  /// @return parameters of codebooks that it does not have
  /// @throws TrainerException if it lacks a parameter of the base model
  public static List<Parameter> load(
      StoredTensors stored, Blueprint blueprint, MemorySegment parameters) {
    Map<String, String> names = new HashMap<>();
    for (String name : stored.names()) {
      names.put(plain(name), name);
    }
    List<Parameter> missing = new ArrayList<>();
    for (Parameter parameter : blueprint.plan().all()) {
      String name = names.get(plain(parameter.name()));
      if (name != null) {
        MemorySegment values = stored.floats(name, parameter.shape());
        PackedModel.slice(parameters, parameter).copyFrom(values);
      } else if (parameter.role().isCodebook()) {
        missing.add(parameter);
      } else {
        throw new TrainerException(
            "the checkpoint to begin with has no tensor " + parameter.name());
      }
    }
    return missing;
  }

  private static String plain(String name) {
    String rest = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    return rest.replace(".module_layer", "");
  }
}
