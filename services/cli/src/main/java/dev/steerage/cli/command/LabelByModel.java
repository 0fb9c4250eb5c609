package dev.steerage.cli.command;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.connection.Connection;
import dev.steerage.cli.connection.IndexOptions;
import dev.steerage.cli.label.ModelEndpoint;
import dev.steerage.cli.label.ModelLabeller;
import dev.steerage.cli.label.Passage;
import dev.steerage.domain.codebook.Code;
import dev.steerage.schemas.aeron.IndexClient;
import dev.steerage.schemas.index.AboutCode;
import dev.steerage.schemas.index.CodeSearch;
import dev.steerage.schemas.index.FoundCodes;
import dev.steerage.schemas.index.LookupException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The options of a label that a model writes.
final class LabelByModel {
  /// Holds the endpoint's key, where it needs one.
  static final String KEY = "STEERAGE_LABEL_KEY";

  private static final int MOST_PASSAGES = 50;

  @Option(
      names = "--by-model",
      paramLabel = "URL",
      description =
          "Let the model behind this OpenAI-compatible endpoint write the label and score it:"
              + " https://HOST/v1. How good its labels are was not measured.")
  private URI endpoint;

  @Option(
      names = "--endpoint-model",
      paramLabel = "NAME",
      description = "What the endpoint calls its model. Default: the model of the code.")
  private String endpointModel;

  @Option(
      names = "--send-contexts",
      description = "Yes: passages of the corpus may go to that endpoint.")
  private boolean maySend;

  @Option(
      names = "--corpus",
      paramLabel = "NAME",
      defaultValue = "",
      description = "Corpus of the passages. Default: the model's first by name.")
  private String corpus;

  @Option(
      names = "--passages",
      paramLabel = "N",
      defaultValue = "20",
      description =
          "On which the code fires: half for the label, half for the score. Default:"
              + " ${DEFAULT-VALUE}.")
  private int passages;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description = "Holds the endpoint's key. Default: $$STEERAGE_LABEL_KEY, else none.")
  private Path keyFile;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "Of each of the two questions. Default: ${DEFAULT-VALUE}.")
  private int timeout;

  @Mixin private IndexOptions index = new IndexOptions();

  boolean isWanted() {
    return endpoint != null;
  }

  /// Who will have written the label.
  String author(String model) {
    return "model:" + name(model);
  }

  private String name(String model) {
    return endpointModel == null ? model : endpointModel;
  }

  /// Asks the endpoint.
  ///
  /// @throws CliException if nobody said that passages may be sent, or there is no usable answer
  ModelLabeller.Labelled label(Connection connection, String model, Code code) {
    check();
    try (IndexClient client = index.open(connection);
        var asked =
            new ModelEndpoint(
                endpoint, name(model), key(System.getenv()), Duration.ofSeconds(timeout))) {
      AboutCode about = client.about(connection.tenant(), model, corpus, code, passages);
      FoundCodes anything =
          client.search(
              connection.tenant(),
              CodeSearch.of(model, CodeSearch.Kind.REGEX, "\\S")
                  .in(corpus)
                  .at(List.of(code.site()))
                  .limited(1, 1, passages));
      Predicate<FoundCodes.Example> fires =
          each ->
              about.contexts().stream()
                  .anyMatch(
                      context ->
                          context.document() == each.document()
                              && context.position() == each.position());
      return new ModelLabeller(asked)
          .label(
              about.contexts().stream().map(Passage::of).toList(),
              anything.examples().stream().filter(fires.negate()).map(Passage::of).toList());
    } catch (LookupException e) {
      throw CodesShowVerb.failure(e);
    }
  }

  private void check() {
    if (passages < 4 || passages > MOST_PASSAGES || timeout < 1 || timeout > 600) {
      throw new CliException(
          ExitCode.USAGE, "--passages: 4.." + MOST_PASSAGES + ", --timeout: 1..600");
    }
    if (!maySend) {
      throw new CliException(
          ExitCode.USAGE,
          "up to %d passages of the corpus would go to %s: say --send-contexts if they may"
              .formatted(2 * passages, endpoint));
    }
  }

  private Optional<String> key(Map<String, String> environment) {
    if (keyFile == null) {
      return Optional.ofNullable(environment.get(KEY)).filter(key -> !key.isBlank());
    }
    try {
      return Optional.of(Files.readString(keyFile).strip());
    } catch (IOException e) {
      throw new CliException(ExitCode.USAGE, "--key-file: " + keyFile + " cannot be read", e);
    }
  }
}
