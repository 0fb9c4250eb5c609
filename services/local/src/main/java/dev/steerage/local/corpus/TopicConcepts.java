package dev.steerage.local.corpus;

import dev.steerage.domain.rule.RuleChange;
import dev.steerage.index.topics.Topic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Topics as concepts of the rule log.
final class TopicConcepts {
  private static final int NAME_MOST = 64;

  private TopicConcepts() {}

  /// One concept per topic; topics of the same words are numbered.
  static List<RuleChange.ConceptPut> of(List<Topic> topics, String model, String author) {
    Set<String> taken = new HashSet<>();
    List<RuleChange.ConceptPut> concepts = new ArrayList<>();
    for (Topic topic : topics) {
      String name = topic.name();
      for (int i = 2; !taken.add(name); i++) {
        String suffix = "-" + i;
        String stem = topic.name();
        name = stem.substring(0, Math.min(NAME_MOST - suffix.length(), stem.length())) + suffix;
      }
      concepts.add(new RuleChange.ConceptPut(name, model, topic.codes(), author));
    }
    return concepts;
  }
}
