package dev.steerage.experiments;

import dev.steerage.experiments.automaton.DetectorsVerb;
import dev.steerage.experiments.automaton.StateSteeringVerb;
import dev.steerage.experiments.automaton.Table1Verb;
import dev.steerage.experiments.codes.CircuitVerb;
import dev.steerage.experiments.codes.LensVerb;
import dev.steerage.experiments.text.Table2Verb;
import dev.steerage.experiments.text.TextDetectorsVerb;
import dev.steerage.experiments.text.WritingVerb;
import dev.steerage.experiments.topics.TopicsVerb;
import dev.steerage.experiments.variants.VariantsVerb;
import java.util.List;

/// The verbs of this module, for the launcher's `experiment`.
public final class ExperimentVerbs {
  private ExperimentVerbs() {}

  /// One picocli command object per experiment, in the order of the help text.
  public static List<Object> all() {
    return List.of(
        new Table1Verb(),
        new StateSteeringVerb(),
        new DetectorsVerb(),
        new Table2Verb(),
        new WritingVerb(),
        new TextDetectorsVerb(),
        new TopicsVerb(),
        new LensVerb(),
        new CircuitVerb(),
        new VariantsVerb());
  }
}
