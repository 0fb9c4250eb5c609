package dev.steerage.cli.analysis;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.evaluation.ModelVerb;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.domain.codebook.Code;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.lens.LogitAttribution;
import dev.steerage.transformer.lens.LogitAttribution.Slot;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `attribute`.
@Command(
    name = "attribute",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Take the logit of one token after a text apart: what each active code gave directly, and a",
      "rest of what is no code's. Together they are the logit."
    })
public final class AttributeCommand extends ModelVerb {
  @Option(
      names = "--prompt",
      required = true,
      paramLabel = "TEXT",
      description = "The text before the token.")
  private String prompt;

  @Option(
      names = "--token",
      paramLabel = "TEXT|#ID",
      description = "The token, as text or as #ID. Default: the most likely one.")
  private String token;

  @Option(
      names = "--most",
      paramLabel = "N",
      defaultValue = "20",
      description = "Most codes to show, those that gave or took most. Default: ${DEFAULT-VALUE}.")
  private int most;

  @Override
  protected ExitCode run(Terminal terminal, Path folder, CodebookTransformer loaded) {
    if (most < 1) {
      throw new CliException(ExitCode.USAGE, "--most=" + most + ", least=1");
    }
    int[] tokens = loaded.tokenizer().encodePrompt(prompt);
    LogitAttribution found =
        token == null
            ? LogitAttribution.ofLikeliest(loaded, tokens)
            : LogitAttribution.of(loaded, tokens, wanted(loaded.tokenizer()));
    String text = text(loaded.tokenizer(), found.token());
    if (connection().isJson()) {
      json(
          terminal,
          folder,
          loaded,
          out ->
              out.text("token", text)
                  .whole("id", found.token())
                  .number("logit", found.logit())
                  .number("residual", found.residual())
                  .allObjects(
                      "slots",
                      found.slots(),
                      (each, slot) ->
                          each.text("code", code(slot).toString())
                              .whole("slot", slot.slot())
                              .number("logit", slot.logit())));
    } else {
      show(terminal, found, text);
    }
    return ExitCode.OK;
  }

  private int wanted(Tokenizer tokenizer) {
    if (token.startsWith("#") && token.length() > 1) {
      try {
        int id = Integer.parseInt(token.substring(1));
        if (id >= 0 && id < tokenizer.vocabularySize()) {
          return id;
        }
      } catch (NumberFormatException e) {
        // Refused below.
      }
      throw new CliException(
          ExitCode.USAGE,
          "--token=" + token + ", expected #0 to #" + (tokenizer.vocabularySize() - 1));
    }
    int[] ids = tokenizer.encode(token);
    if (ids.length != 1) {
      throw new CliException(
          ExitCode.USAGE, "--token: '" + token + "' is " + ids.length + " tokens, expected 1");
    }
    return ids[0];
  }

  private static Code code(Slot slot) {
    return new Code(slot.site().site(), slot.code());
  }

  private static String text(Tokenizer tokenizer, int id) {
    return new String(tokenizer.bytes(id), StandardCharsets.UTF_8);
  }

  private void show(Terminal terminal, LogitAttribution found, String text) {
    double codes = found.slots().stream().mapToDouble(Slot::logit).sum();
    terminal.line(
        "logit of token %d '%s': %.4f = codes %.4f + rest %.4f"
            .formatted(found.token(), text, found.logit(), codes, found.residual()));
    List<Slot> shown =
        found.slots().stream()
            .sorted(Comparator.comparingDouble((Slot slot) -> -Math.abs(slot.logit())))
            .limit(most)
            .toList();
    Table table = Table.of("code", ">slot", ">logit");
    shown.forEach(slot -> table.row(code(slot), slot.slot(), "%+.4f".formatted(slot.logit())));
    table.print(terminal);
    int left = found.slots().size() - shown.size();
    if (left > 0) {
      terminal.line("and %d more codes; --most shows them".formatted(left));
    }
  }
}
