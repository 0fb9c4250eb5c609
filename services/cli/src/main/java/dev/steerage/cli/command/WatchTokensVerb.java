package dev.steerage.cli.command;

import dev.steerage.cli.log.Event;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.topic.Topics;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `watch tokens`.
@Command(
    name = "tokens",
    mixinStandardHelpOptions = true,
    description = "Watch tokens as they are committed: request, indexes, revision, text.")
final class WatchTokensVerb extends WatchVerb<Completion> {
  @Option(names = "--request", paramLabel = "ID", description = "Only this request.")
  private String request;

  WatchTokensVerb() {
    super(Topics.COMPLETIONS);
  }

  @Override
  int show(Terminal terminal, Event<Completion> event) {
    Completion completion = event.value().value().orElse(null);
    if (completion == null || isOther(completion)) {
      return 0;
    }
    String id = Printable.line(completion.request());
    terminal.line(
        switch (completion) {
          case Completion.Started started ->
              "%s  started  attempt %d on %s, %d prompt tokens"
                  .formatted(
                      id, started.attempt(), started.worker(), started.promptTokens().size());
          case Completion.Tokens tokens -> id + "  " + tokens(terminal, tokens);
          case Completion.Finished finished ->
              "%s  finished  %s%s, %d tokens"
                  .formatted(
                      id,
                      Words.of(finished.reason()),
                      finished.refusal().map(refusal -> ": " + Words.of(refusal)).orElse(""),
                      finished.completionTokens());
          case Completion.Paired paired -> id + "  unsteered  " + paired(paired);
          case Completion.Duplicate duplicate ->
              "%s  duplicate of partition %d offset %d"
                  .formatted(id, duplicate.partition(), duplicate.offset());
        });
    return 1;
  }

  @Override
  int showJson(Terminal terminal, Event<Completion> event) {
    boolean other = event.value().value().map(this::isOther).orElse(request != null);
    return other ? 0 : super.showJson(terminal, event);
  }

  private boolean isOther(Completion completion) {
    return request != null && !completion.request().equals(request);
  }

  private static String paired(Completion.Paired event) {
    var line = new StringBuilder();
    if (!event.tokens().isEmpty()) {
      line.append(event.tokens().getFirst().index())
          .append("..")
          .append(event.tokens().getLast().index())
          .append("  ");
      event.tokens().forEach(token -> line.append(Printable.text(token.text())));
    }
    event
        .ended()
        .ifPresent(
            end ->
                line.append("  ")
                    .append(Words.of(end.half()))
                    .append(" half ends: ")
                    .append(Words.of(end.reason())));
    return line.toString();
  }

  private static String tokens(Terminal terminal, Completion.Tokens event) {
    if (event.tokens().isEmpty()) {
      return "";
    }
    Completion.Token first = event.tokens().getFirst();
    Completion.Token last = event.tokens().getLast();
    String text =
        event.tokens().stream().map(token -> styled(terminal, token)).collect(Collectors.joining());
    return "%d..%d  revision %d  %s".formatted(first.index(), last.index(), last.revision(), text);
  }

  private static String styled(Terminal terminal, Completion.Token token) {
    String text = Printable.line(token.text());
    return token.steered() ? terminal.styled(Style.STEERED, text) : text;
  }
}
