package dev.steerage.cli.command;

import dev.steerage.cli.ExitCode;
import dev.steerage.cli.log.EventLog;
import dev.steerage.cli.log.Models;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.topic.Topic;
import dev.steerage.schemas.topic.TopicSettings;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/// The topics of a tenant and the platform.
@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    description = "List the topics: partitions, records, how long they are kept, who may do what.",
    footer = {
      "",
      "Records are counted by offset; transaction markers count too.",
      "Readers should set isolation.level=read_committed."
    })
public final class TopicsCommand extends Verb {
  @Override
  protected ExitCode run(Terminal terminal) {
    try (EventLog log = connection().open()) {
      List<Topic<?, ?>> topics = new ArrayList<>();
      Topics.ofTenant().forEach(topic -> topics.add(topic.of(connection().tenant())));
      topics.addAll(Topics.platform());
      Models.read(log).keySet().forEach(model -> topics.addAll(Topics.ofModel(model)));
      Map<String, EventLog.TopicSize> sizes = log.sizes(topics.stream().map(Topic::name).toList());
      Table table = Table.of("topic", ">partitions", ">records", "kept", "written by", "read by");
      for (Topic<?, ?> topic : topics) {
        add(terminal, table, topic, Optional.ofNullable(sizes.get(topic.name())));
      }
      if (!connection().isJson()) {
        table.print(terminal);
      }
      return ExitCode.OK;
    }
  }

  private void add(
      Terminal terminal, Table table, Topic<?, ?> topic, Optional<EventLog.TopicSize> size) {
    TopicSettings settings = topic.settings();
    if (connection().isJson()) {
      JsonLines.object(
          terminal,
          out -> {
            out.text("topic", topic.name()).flag("exists", size.isPresent());
            size.ifPresent(
                found ->
                    out.whole("partitions", found.partitions()).whole("records", found.offsets()));
            out.text("kept", kept(settings))
                .texts("writers", sorted(settings.writers()))
                .texts("readers", sorted(settings.readers()));
          });
      return;
    }
    table.row(
        topic.name(),
        size.map(found -> Integer.toString(found.partitions())).orElse("absent"),
        size.map(found -> Long.toString(found.offsets())).orElse("-"),
        kept(settings),
        String.join(" ", sorted(settings.writers())),
        String.join(" ", sorted(settings.readers())));
  }

  private static List<String> sorted(Set<TopicSettings.Role> roles) {
    return roles.stream().sorted().map(Words::of).collect(Collectors.toList());
  }

  private static String kept(TopicSettings settings) {
    return switch (settings.cleanup()) {
      case DELETE -> settings.retention().map(TopicsCommand::span).orElse("for ever");
      case COMPACT -> "last of each key";
      case NONE -> "for ever";
    };
  }

  private static String span(Duration duration) {
    return duration.toDays() > 1 ? duration.toDays() + " days" : duration.toHours() + " hours";
  }
}
