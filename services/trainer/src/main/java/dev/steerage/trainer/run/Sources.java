package dev.steerage.trainer.run;

import dev.steerage.domain.automaton.Automaton;
import dev.steerage.ops.Team;
import dev.steerage.trainer.Settings;
import dev.steerage.trainer.TrainerException;
import dev.steerage.trainer.data.AutomatonFile;
import dev.steerage.trainer.data.AutomatonWalks;
import dev.steerage.trainer.data.CorpusMaker;
import dev.steerage.trainer.data.TextCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/// Opens the data that a config names, and puts what belongs to it into the run's folder.
public final class Sources {
  private Sources() {}

  /// @param folder of the run
  /// @param topics reads a topic where the data is one
  public static Source open(TrainConfig config, Path folder, Team team, TopicReader topics) {
    Settings data = config.data();
    return switch (data.text("kind")) {
      case "automaton" -> automaton(config, data, folder.resolve("data"));
      case "text" -> text(config, data, folder.resolve("data"), team);
      case "topic" -> topic(config, data, folder.resolve("data"), team, topics);
      default -> throw data.wrong("kind", "automaton, text or topic");
    };
  }

  private static Source text(TrainConfig config, Settings data, Path folder, Team team) {
    data.only(Set.of("kind", "train", "valid", "tokenizer", "vocabulary"));
    return corpus(
        config, data, folder, team, paths(config, data, "train"), paths(config, data, "valid"));
  }

  /// What is on the topic when the run begins becomes two text files in its folder.
  private static Source topic(
      TrainConfig config, Settings data, Path folder, Team team, TopicReader topics) {
    data.only(Set.of("kind", "topic", "most-records", "tokenizer", "vocabulary"));
    Path train = folder.resolve("train.txt");
    Path valid = folder.resolve("valid.txt");
    if (!Files.exists(valid)) {
      topics.copy(data.text("topic"), data.positive("most-records", 10_000_000), train, valid);
    }
    return corpus(config, data, folder, team, List.of(train), List.of(valid));
  }

  private static List<Path> paths(TrainConfig config, Settings data, String key) {
    return data.list(key).stream().map(path -> config.texts().resolve(path.asString(""))).toList();
  }

  private static Source corpus(
      TrainConfig config,
      Settings data,
      Path folder,
      Team team,
      List<Path> train,
      List<Path> valid) {
    CorpusMaker maker = new CorpusMaker(folder, team);
    Optional<Path> given =
        data.has("tokenizer")
            ? Optional.of(config.folder().resolve(data.text("tokenizer")))
            : Optional.empty();
    int vocabulary = config.shape().vocabulary();
    Path tokenizer = maker.tokenizer(given, train, data.positive("vocabulary", vocabulary));
    int begin = config.base().count("bos_token_id", 0);
    TextCorpus corpus = maker.corpus(tokenizer, begin, train, valid, config.seed());
    return new Source(corpus, List.of(tokenizer));
  }

  private static Source automaton(TrainConfig config, Settings data, Path folder) {
    data.only(Set.of("kind", "file", "states", "edges", "automaton-seed"));
    Automaton automaton =
        data.has("file")
            ? AutomatonFile.read(config.folder().resolve(data.text("file")))
            : AutomatonWalks.draw(
                data.positive("states", 100),
                data.positive("edges", 10),
                (long) data.number("automaton-seed", 42));
    ObjectNode vocabulary = JsonNodeFactory.instance.objectNode();
    for (int digit = 0; digit < 10; digit++) {
      vocabulary.put(String.valueOf(digit), digit);
    }
    vocabulary.put("<|endoftext|>", AutomatonWalks.BEGIN);
    try {
      Files.createDirectories(folder);
      Path vocabularyFile = folder.resolve("vocab.json");
      Files.writeString(vocabularyFile, vocabulary + "\n");
      Path automatonFile = folder.resolve("automaton.json");
      Files.writeString(automatonFile, json(automaton) + "\n");
      return new Source(
          new AutomatonWalks(automaton, config.seed()), List.of(vocabularyFile, automatonFile));
    } catch (IOException e) {
      throw new TrainerException("folder=" + folder + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static ObjectNode json(Automaton automaton) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("states", automaton.states());
    node.put("edges", automaton.after(0).size());
    node.put("digits", automaton.digits());
    ArrayNode successors = node.putArray("successors");
    for (int state = 0; state < automaton.states(); state++) {
      ArrayNode next = successors.addArray();
      automaton.after(state).forEach(next::add);
    }
    return node;
  }
}
