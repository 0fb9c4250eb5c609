package dev.steerage.cli.demo;

import dev.steerage.cli.CliException;
import dev.steerage.cli.ExitCode;
import dev.steerage.cli.activation.Firings;
import dev.steerage.cli.log.Event;
import dev.steerage.cli.log.Feed;
import dev.steerage.cli.prompt.RequestRun;
import dev.steerage.cli.prompt.Requests;
import dev.steerage.cli.terminal.Style;
import dev.steerage.cli.terminal.Table;
import dev.steerage.cli.terminal.Terminal;
import dev.steerage.cli.topic.Story;
import dev.steerage.cli.topic.TopicCodes;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.message.Prompt;
import dev.steerage.schemas.topic.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the codes of a topic in stories and turns a running story towards it.
final class StoryDemo {
  private static final int WITH = 16;
  private static final int WITHOUT = 40;

  /// English text has about 3.4 characters per token with the smallest vocabulary in use; 2.5 leave
  /// room.
  private static final double CHARACTERS_PER_TOKEN = 2.5;

  private static final int CODES = 8;
  private static final int SHOWN_CODES = 4;
  private static final int IN_FLIGHT = 16;
  private static final Duration STALL = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(100);

  private final Stage stage;
  private final Terminal terminal;
  private final ModelCard card;
  private final String topic;

  StoryDemo(Stage stage, ModelCard card, String topic) {
    this.stage = stage;
    this.terminal = stage.terminal();
    this.card = card;
    this.topic = topic;
  }

  void play() {
    StorySlice slice = StorySlice.read((int) (card.maxPositions() * CHARACTERS_PER_TOKEN));
    List<Story> with = slice.with(topic, WITH);
    List<Story> without = slice.without(topic, WITHOUT);
    terminal.line("");
    terminal.line(
        terminal.styled(
            Style.STRONG,
            "%s: %d sites, turning a story towards '%s'"
                .formatted(card.model(), card.sites().size(), topic)));
    terminal.line("");
    terminal.line(
        "5. Find: %d stories that say '%s' often and %d that never do, their codes read live."
            .formatted(with.size(), topic, without.size()));
    List<TopicCodes.Scored> best = find(with, without).best(CODES);
    Table table = Table.of("   code", ">fires on tokens with", ">without");
    best.stream()
        .limit(SHOWN_CODES)
        .forEach(
            each ->
                table.row(
                    "   " + each.code(),
                    "%.1f %%".formatted(100 * each.with()),
                    "%.1f %%".formatted(100 * each.without())));
    table.print(terminal);
    terminal.line("   and %d more, one per site".formatted(best.size() - SHOWN_CODES));
    new RunningStory(stage, card.model(), topic)
        .play(best.stream().map(TopicCodes.Scored::code).toList());
  }

  private TopicCodes find(List<Story> with, List<Story> without) {
    Map<String, Boolean> hasTopic = new HashMap<>();
    List<Prompt> prompts = new ArrayList<>();
    for (Story story : with) {
      prompts.add(prompt(stage.run() + "-story-" + prompts.size(), story.text()));
      hasTopic.put(prompts.getLast().request().orElseThrow(), true);
    }
    for (Story story : without) {
      prompts.add(prompt(stage.run() + "-story-" + prompts.size(), story.text()));
      hasTopic.put(prompts.getLast().request().orElseThrow(), false);
    }
    try (Feed<byte[]> activations =
            stage.log().follow(Topics.ACTIVATIONS.of(stage.tenant()), Feed.From.NOW);
        Requests requests = Requests.open(stage.log(), stage.tenant())) {
      List<RequestRun> runs = requests.runAll(prompts, IN_FLIGHT, STALL, _ -> {});
      long expected = runs.stream().mapToLong(StoryDemo::promptLength).sum();
      return read(activations, hasTopic, expected);
    }
  }

  private static long promptLength(RequestRun run) {
    if (!run.isComplete()) {
      throw new CliException(
          ExitCode.REFUSED, "request=" + run.request() + " did not complete: " + run.ending());
    }
    return run.started().orElseThrow().promptTokens().size();
  }

  private static TopicCodes read(
      Feed<byte[]> activations, Map<String, Boolean> hasTopic, long expected) {
    TopicCodes codes = new TopicCodes();
    long deadline = System.nanoTime() + STALL.toNanos();
    while (codes.positions() < expected) {
      for (Event<byte[]> event : activations.poll(POLL)) {
        Firings.read(event.raw())
            .filter(fired -> hasTopic.containsKey(fired.request()))
            .ifPresent(fired -> codes.add(hasTopic.get(fired.request()), fired));
      }
      if (System.nanoTime() > deadline) {
        throw new CliException(
            ExitCode.TIMEOUT,
            "activations of the stories did not come: positions="
                + codes.positions()
                + ", expected="
                + expected
                + ", limit="
                + STALL.toSeconds()
                + " s");
      }
    }
    return codes;
  }

  private Prompt prompt(String request, String text) {
    return Prompt.of(card.model()).request(request).text(text).maxTokens(1).prompt();
  }
}
