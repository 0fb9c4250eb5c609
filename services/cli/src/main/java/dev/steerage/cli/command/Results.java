package dev.steerage.cli.command;

import dev.steerage.cli.prompt.RequestRun;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.Completion;
import java.nio.charset.StandardCharsets;

/// A whole completion as one line of JSON.
final class Results {
  private Results() {}

  static String line(RequestRun run) {
    return new String(
        Json.write(
            out -> {
              out.text("request", run.request());
              run.started()
                  .ifPresent(
                      started ->
                          out.text("model", started.model())
                              .text("modelHash", started.modelHash())
                              .text("numericClass", started.numericClass())
                              .allIntegers("promptTokens", started.promptTokens()));
              out.text("text", run.text())
                  .allIntegers("tokens", run.tokens().stream().map(Completion.Token::id).toList())
                  .allObjects(
                      "revisions",
                      Revisions.of(run.tokens()),
                      (each, range) ->
                          each.whole("revision", range.revision())
                              .whole("from", range.from())
                              .whole("to", range.to()));
              run.finished()
                  .ifPresent(
                      finished -> {
                        out.text("reason", Words.of(finished.reason()));
                        finished.refusal().ifPresent(refusal -> out.word("refusal", refusal));
                        out.text("detail", finished.detail());
                      });
              run.duplicate()
                  .ifPresent(
                      duplicate ->
                          out.text("reason", "duplicate")
                              .whole("partition", duplicate.partition())
                              .whole("offset", duplicate.offset()));
            }),
        StandardCharsets.UTF_8);
  }
}
