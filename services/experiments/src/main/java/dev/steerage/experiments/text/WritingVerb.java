package dev.steerage.experiments.text;

import dev.steerage.experiments.ExperimentVerb;
import dev.steerage.experiments.Subject;
import dev.steerage.experiments.codes.Samples;
import dev.steerage.experiments.report.Report;
import dev.steerage.trainer.data.Documents;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.evaluation.Evaluation;
import dev.steerage.transformer.evaluation.Evaluator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `experiment writing`.
@Command(
    name = "writing",
    mixinStandardHelpOptions = true,
    description = {
      "Loss on training and validation texts, what the model writes for the seeds 1 to 20, and how",
      "much of that stands in its training texts. Protocol:"
          + " infra/models/reports/writing-protocol.md."
    })
public final class WritingVerb extends ExperimentVerb {
  private static final int READ_TOKENS = 200_000;
  private static final long FIRST_SEED = 1;
  private static final int SAMPLES = 20;
  private static final int SAMPLE_TOKENS = 200;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      defaultValue = "stories",
      description = "Name or folder of the model. Default: ${DEFAULT-VALUE}.")
  private String given;

  @Option(
      names = "--train",
      required = true,
      paramLabel = "FILE",
      description = "Texts that the model was trained on.")
  private List<Path> train;

  @Option(
      names = "--valid",
      required = true,
      paramLabel = "FILE",
      description = "Texts that it was not trained on, in the same order.")
  private List<Path> valid;

  @Override
  protected String title() {
    return "What a model of text writes";
  }

  @Override
  protected void measure(Report report) {
    if (train.size() != valid.size()) {
      throw new IllegalArgumentException(
          "--train: files=%d, --valid: files=%d, expected as many"
              .formatted(train.size(), valid.size()));
    }
    try (Subject subject = open(given)) {
      subject.describe(report);
      BestLoss.of(subject.folder())
          .ifPresent(best -> report.setting("lowest validation loss of the run", best.toString()));
      losses(report, subject.model());
      writing(report, subject.model());
    }
  }

  private void losses(Report report, CodebookTransformer model) {
    int tokens = size(READ_TOKENS, 512);
    report.setting("tokens read of each text, at most", String.format(Locale.ROOT, "%,d", tokens));
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < train.size(); i++) {
      note("reading " + train.get(i));
      double seen = bitsPerByte(model, train.get(i), tokens);
      double unseen = bitsPerByte(model, valid.get(i), tokens);
      rows.add(List.of(name(valid.get(i)), number(seen), number(unseen), number(unseen - seen)));
    }
    report.heading("Bits per byte");
    report.table(List.of("text", "training", "validation", "gap"), rows);
  }

  private double bitsPerByte(CodebookTransformer model, Path file, int tokens) {
    int window = isQuick() ? 64 : model.config().maxPositions();
    TextWindows read = TextWindows.of(model.tokenizer(), file, window, tokens);
    try (Evaluator evaluator = new Evaluator(model, window)) {
      read.windows().forEach(evaluator::add);
      Evaluation found = evaluator.result();
      return found.loss() * found.tokens() / Math.log(2) / read.bytes();
    }
  }

  private void writing(Report report, CodebookTransformer model) {
    int samples = size(SAMPLES, 2);
    int tokens = size(SAMPLE_TOKENS, 20);
    note("writing");
    List<String> written =
        Samples.write(model, samples, 1 + tokens, FIRST_SEED).stream()
            .map(ids -> story(model, ids))
            .toList();
    List<String> people =
        Documents.read(valid).stream()
            .limit(samples)
            .map(text -> cut(model, text, tokens))
            .toList();
    note("looking for copies");
    List<WordRuns> ofModel = runs(written);
    List<WordRuns> ofPeople = runs(people);
    for (String document : Documents.read(train)) {
      String[] words = words(document);
      ofModel.forEach(runs -> runs.read(words));
      ofPeople.forEach(runs -> runs.read(words));
    }
    report.heading("Longest run of words that stands in a training text");
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("samples of the model", ofModel));
    rows.add(row("validation texts", ofPeople));
    report.table(List.of("texts", "words of each", "longest", "mean of the longest of each"), rows);
    report.heading("Samples");
    for (int i = 0; i < samples; i++) {
      report.text("**Seed " + (i + 1) + "**");
      report.text("> " + written.get(i).strip().replaceAll("\\s+", " ").replace("|", "\\|"));
      report.text(
          "Longest run that stands in a training text, "
              + ofModel.get(i).longest()
              + " words: *"
              + ofModel.get(i).text().replace("*", "\\*")
              + "*");
    }
  }

  /// What was written before the first end of text.
  private static String story(CodebookTransformer model, int[] ids) {
    int end = model.tokenizer().bos().orElse(-1);
    int length = 1;
    while (length < ids.length && ids[length] != end) {
      length++;
    }
    return model.tokenizer().decode(Arrays.copyOfRange(ids, 1, length));
  }

  private static String cut(CodebookTransformer model, String text, int tokens) {
    int[] ids = model.tokenizer().encode(text);
    return model.tokenizer().decode(Arrays.copyOf(ids, Math.min(ids.length, tokens)));
  }

  private static List<WordRuns> runs(List<String> texts) {
    return texts.stream().map(text -> new WordRuns(words(text))).toList();
  }

  private static String[] words(String text) {
    return text.strip().split("\\s+");
  }

  private static List<String> row(String name, List<WordRuns> texts) {
    return List.of(
        name,
        String.format(
            Locale.ROOT, "%.0f", texts.stream().mapToInt(WordRuns::words).average().orElse(0)),
        String.valueOf(texts.stream().mapToInt(WordRuns::longest).max().orElse(0)),
        String.format(
            Locale.ROOT, "%.1f", texts.stream().mapToInt(WordRuns::longest).average().orElse(0)));
  }

  /// The file's name and that of its folder.
  private static String name(Path file) {
    Path whole = file.toAbsolutePath().normalize();
    return whole.getParent().getFileName() + "/" + whole.getFileName();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}
