package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.activation.Firings;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.topic.Topics;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `watch codes`.
@Command(
    name = "codes",
    mixinStandardHelpOptions = true,
    description = "Watch the codes that fire: request, position, token id, natural codes.")
final class WatchCodesVerb extends WatchVerb<byte[]> {
  @Option(names = "--request", paramLabel = "ID", description = "Only this request.")
  private String request;

  @Option(names = "--site", paramLabel = "SITE", description = "Only this site, e.g. L0.mlp.")
  private String site;

  @Option(names = "--code", paramLabel = "CODE", description = "Only where this code fired.")
  private String code;

  WatchCodesVerb() {
    super(Topics.ACTIVATIONS);
  }

  @Override
  int show(Terminal terminal, Event<byte[]> event) {
    return each(
        event,
        (firings, position, token, codes) ->
            terminal.line(
                "%s  @%d  token %d  %s"
                    .formatted(
                        Printable.line(firings.request()),
                        position,
                        token,
                        codes.stream().map(Code::toString).collect(Collectors.joining(" ")))));
  }

  @Override
  int showJson(Terminal terminal, Event<byte[]> event) {
    return each(
        event,
        (firings, position, token, codes) ->
            JsonLines.object(
                terminal,
                out ->
                    out.text("request", firings.request())
                        .text("model", firings.model())
                        .whole("position", position)
                        .whole("token", token)
                        .texts("codes", codes)));
  }

  private int each(Event<byte[]> event, Line line) {
    Site wantedSite = site == null ? null : parsed(() -> Site.parse(site));
    Code wantedCode = code == null ? null : parsed(() -> Code.parse(code));
    Firings firings = Firings.read(event.raw()).orElse(null);
    if (firings == null || request != null && !request.equals(firings.request())) {
      return 0;
    }
    int lines = 0;
    for (int i = 0; i < firings.tokens().size(); i++) {
      List<Code> codes =
          firings.codesAt(i).stream()
              .filter(fired -> wantedSite == null || fired.site().equals(wantedSite))
              .filter(fired -> wantedCode == null || fired.equals(wantedCode))
              .toList();
      if (!codes.isEmpty()) {
        line.show(firings, firings.firstPosition() + i, firings.tokens().get(i), codes);
        lines++;
      }
    }
    return lines;
  }

  private static <T> T parsed(Supplier<T> parse) {
    try {
      return parse.get();
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, e.getMessage(), e);
    }
  }

  /// Shows one position.
  private interface Line {
    void show(Firings firings, int position, int token, List<Code> codes);
  }
}
