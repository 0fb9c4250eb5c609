package dev.steerage.cli.command;

import dev.steerage.cli.prompt.RequestRun;
import dev.steerage.cli.terminal.Printable;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.schemas.message.Completion;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The unsteered half of a pair, for people: its text and how it differs.
final class PairView {
  private PairView() {}

  static void show(Terminal terminal, RequestRun run) {
    List<Completion.PairedToken> twin = run.twin();
    if (twin.isEmpty()) {
      return;
    }
    terminal.line("");
    terminal.note(terminal.styled(Style.FAINT, "unsteered, from the same seed:"));
    for (Completion.PairedToken token : twin) {
      String text = Printable.text(token.text());
      terminal.text(token.differs() ? text : terminal.styled(Style.FAINT, text));
    }
    terminal.line("");
    terminal.note(terminal.styled(Style.FAINT, summary(twin)));
  }

  static String summary(List<Completion.PairedToken> twin) {
    Optional<Completion.PairedToken> first =
        twin.stream().filter(Completion.PairedToken::differs).findFirst();
    long differing = twin.stream().filter(Completion.PairedToken::differs).count();
    double codes =
        twin.stream().flatMapToDouble(token -> token.codes().stream()).average().orElse(0);
    // Later ones compare what follows different texts.
    double divergence =
        twin.stream()
            .filter(token -> first.isEmpty() || token.index() <= first.get().index())
            .flatMapToDouble(token -> token.divergence().stream())
            .average()
            .orElse(0);
    return String.format(
        Locale.ROOT,
        "%s; %d of %d tokens differ, %.1f %% of the natural codes; divergence up to there %.4f nats"
            + " per token",
        first.map(token -> "first different token " + token.index()).orElse("no token differs"),
        differing,
        twin.size(),
        100 * codes,
        divergence);
  }
}
