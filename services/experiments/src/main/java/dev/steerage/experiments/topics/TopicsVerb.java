package dev.steerage.experiments.topics;

import dev.steerage.experiments.ExperimentVerb;
import dev.steerage.experiments.Subject;
import dev.steerage.experiments.report.BarPlot;
import dev.steerage.experiments.report.Estimate;
import dev.steerage.experiments.report.PairedBootstrap;
import dev.steerage.experiments.report.PointPlot;
import dev.steerage.experiments.report.Report;
import dev.steerage.trainer.data.Documents;
import dev.steerage.transformer.CodebookTransformer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `experiment topics`.
@Command(
    name = "topics",
    mixinStandardHelpOptions = true,
    description = {
      "How often steered stories name a topic without losing their fluency, beside controls and",
      "contrastive activation addition: the paper's table 3.",
      "Protocol: infra/models/reports/topics-protocol.md."
    })
public final class TopicsVerb extends ExperimentVerb {
  private static final int RESAMPLES = 2_000;
  private static final double WANTED = 0.30;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      defaultValue = "stories",
      description = "Name or folder of the model. Default: ${DEFAULT-VALUE}.")
  private String given;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FOLDER",
      description = "Has train.txt to find codes on and valid.txt whose beginnings are prompts.")
  private Path data;

  @Option(
      names = "--dense",
      paramLabel = "MODEL",
      description = "Judges fluency. Default: the model without its codebooks.")
  private String dense;

  @Override
  protected String title() {
    return "Steering the topic of stories";
  }

  @Override
  protected void measure(Report report) {
    TopicsExperiment.Sizes sizes =
        new TopicsExperiment.Sizes(
            size(Topic.ALL.size(), 2),
            size(40, 4),
            size(32_768, 256),
            size(20, 2),
            size(2, 1),
            size(50, 4),
            size(4, 2));
    try (Subject subject = open(given)) {
      subject.describe(report);
      if (dense == null) {
        report.setting("judge of fluency", "the same model without its codebooks");
        run(report, subject.model(), subject.model().withoutCodebooks(), sizes);
      } else {
        try (Subject judge = open(dense)) {
          report.setting("judge of fluency", "`" + judge.model().hash() + "`");
          run(report, subject.model(), judge.model(), sizes);
        }
      }
    }
  }

  private void run(
      Report report,
      CodebookTransformer model,
      CodebookTransformer judge,
      TopicsExperiment.Sizes sizes) {
    List<String> train = Documents.read(List.of(data.resolve("train.txt")));
    List<String> valid = Documents.read(List.of(data.resolve("valid.txt")));
    report.setting("stories found on, at most, with and without", sizes.stories() + ", double");
    report.setting("dev prompts, seeds", sizes.devPrompts() + ", " + sizes.devSeeds());
    report.setting("prompts, seeds", sizes.prompts() + ", " + sizes.seeds());
    try (TopicsExperiment experiment =
        new TopicsExperiment(model, judge, sizes, seed(), this::note)) {
      List<TopicsExperiment.Outcome> outcomes = experiment.run(train, valid);
      report.setting(
          "autoencoders",
          String.format(
              Locale.ROOT,
              "as many latents and as many active as codes, %d inputs each, relative error %.3f",
              experiment.autoencoders().tokens(),
              experiment.autoencoders().relativeError()));
      rates(report, outcomes);
      rises(report, outcomes, sizes);
      settings(report, outcomes, experiment.points());
    }
  }

  private static void rates(Report report, List<TopicsExperiment.Outcome> outcomes) {
    report.heading("Stories that name the topic and are fluent");
    report.text(
        "Share of stories with a hit under the fluency guard; in brackets the share that names the"
            + " topic, fluent or not.");
    List<String> head = new ArrayList<>(List.of("topic", "unsteered"));
    for (Arm arm : Arm.values()) {
      head.add(arm.words());
    }
    List<List<String>> rows = new ArrayList<>();
    for (TopicsExperiment.Outcome outcome : outcomes) {
      List<String> row = new ArrayList<>(List.of(outcome.topic().name(), cell(outcome.base())));
      for (Arm arm : Arm.values()) {
        row.add(cell(outcome.trials().get(arm)));
      }
      rows.add(row);
    }
    report.table(head, rows);
  }

  private static String cell(Trial trial) {
    return String.format(Locale.ROOT, "%.3f (%.3f)", trial.hitRate(), trial.mentionRate());
  }

  private void rises(
      Report report, List<TopicsExperiment.Outcome> outcomes, TopicsExperiment.Sizes sizes) {
    report.heading("Rise over unsteered");
    report.text(
        "Difference in hits, 95 % interval of a paired bootstrap over prompts, "
            + RESAMPLES
            + " resamples. By codes: the one of the first two arms that had more hits on the dev"
            + " prompts.");
    List<String> head = new ArrayList<>(List.of("topic", "by codes"));
    List<String> words = new ArrayList<>();
    for (Arm arm : Arm.values()) {
      head.add(arm.words());
      words.add(arm.words());
    }
    BarPlot plot = new BarPlot("rise in fluent stories that name the topic", words);
    List<List<String>> rows = new ArrayList<>();
    int raised = 0;
    double control = 0;
    for (TopicsExperiment.Outcome outcome : outcomes) {
      List<String> row = new ArrayList<>(List.of(outcome.topic().name()));
      row.add(outcome.byCodes().words());
      List<Estimate> bars = new ArrayList<>();
      for (Arm arm : Arm.values()) {
        PairedBootstrap.Interval rise =
            PairedBootstrap.of(
                outcome.trials().get(arm).hits(),
                outcome.base().hits(),
                sizes.seeds(),
                RESAMPLES,
                seed());
        row.add(rise.toString());
        bars.add(new Estimate(rise.mean(), (rise.high() - rise.low()) / 2, sizes.prompts()));
        raised += arm == outcome.byCodes() && rise.mean() >= WANTED ? 1 : 0;
        if (arm == Arm.RANDOM || arm == Arm.OTHER) {
          control = Math.max(control, rise.high());
        }
      }
      rows.add(row);
      plot.group(outcome.topic().name(), bars);
    }
    report.table(head, rows);
    report.text(
        String.format(
            Locale.ROOT,
            "Topics with a rise of %.0f points or more by codes: %d of %d (wanted: 8). Highest"
                + " upper bound of a control's rise: %.3f (wanted: 0.10).",
            100 * WANTED,
            raised,
            outcomes.size(),
            control));
    report.plot("rise over unsteered", plot.svg());
  }

  private static void settings(
      Report report, List<TopicsExperiment.Outcome> outcomes, List<TopicsExperiment.Point> points) {
    report.heading("At matched fluency");
    report.text(
        "Every setting tried on the dev prompts, mean over topics: what it costs in loss under the"
            + " judge, and how many stories name the topic, fluent or not.");
    PointPlot plot =
        new PointPlot("added loss, nats per token", "share of stories that name the topic");
    List<List<String>> rows = new ArrayList<>();
    for (TopicsExperiment.Point point : points) {
      plot.point(point.arm().words(), point.addedLoss(), point.mentionRate());
      rows.add(
          List.of(
              point.arm().words(),
              String.valueOf(point.setting().sites()),
              String.valueOf(point.setting().strength()),
              String.valueOf(point.setting().tokens()),
              String.format(Locale.ROOT, "%.3f", point.addedLoss()),
              String.format(Locale.ROOT, "%.3f", point.mentionRate()),
              String.format(Locale.ROOT, "%.3f", point.hitRate())));
    }
    report.table(
        List.of("arm", "sites", "strength", "tokens steered", "added loss", "named", "hits"), rows);
    report.plot("at matched fluency", plot.svg());
    report.heading("Settings chosen on the dev prompts");
    List<List<String>> chosen = new ArrayList<>();
    for (TopicsExperiment.Outcome outcome : outcomes) {
      for (Map.Entry<Arm, Arm.Setting> each : outcome.chosen().entrySet()) {
        if (!each.getKey().settings().isEmpty()) {
          chosen.add(
              List.of(
                  outcome.topic().name(),
                  each.getKey().words(),
                  String.valueOf(each.getValue().sites()),
                  String.valueOf(each.getValue().strength()),
                  String.valueOf(each.getValue().tokens()),
                  String.valueOf(each.getKey().settings().size()),
                  String.valueOf(outcome.positions())));
        }
      }
    }
    report.table(
        List.of(
            "topic",
            "arm",
            "sites",
            "strength",
            "tokens steered",
            "settings tried",
            "tokens with the topic"),
        chosen);
  }
}
