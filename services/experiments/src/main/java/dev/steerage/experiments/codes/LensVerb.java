package dev.steerage.experiments.codes;

import dev.steerage.experiments.ExperimentVerb;
import dev.steerage.experiments.Subject;
import dev.steerage.experiments.report.BarPlot;
import dev.steerage.experiments.report.Estimate;
import dev.steerage.experiments.report.Report;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.analysis.CodeSpace;
import dev.steerage.transformer.analysis.PromptCodes;
import dev.steerage.transformer.evaluation.LastPositions;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.SlotWrite;
import dev.steerage.transformer.intervention.Steering;
import dev.steerage.transformer.lens.CodeLens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/// `experiment lens`.
@Command(
    name = "lens",
    mixinStandardHelpOptions = true,
    description = {
      "How often activating a code raises the tokens that its lens names, for random codes, beside",
      "other random codes. Protocol: infra/models/reports/lens-protocol.md."
    })
public final class LensVerb extends ExperimentVerb {
  private static final int CODES = 100;
  private static final int CONTEXTS = 40;
  private static final int SAMPLES = 200;
  private static final int LENGTH = 96;
  private static final int LEAST_FIRINGS = 5;
  private static final int TOP = 10;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      defaultValue = "stories",
      description = "Name or folder of the model. Default: ${DEFAULT-VALUE}.")
  private String given;

  @Override
  protected String title() {
    return "Tokens that codes raise, and what their lens says";
  }

  /// Shares of contexts in which the tokens of a code's lens got likelier, in all.
  ///
  /// @param all own code in all slots; `control` another random code of the site
  /// @param one the same in the least similar slot
  private record Raised(
      CodebookSite site, double all, double control, double one, double oneControl) {}

  @Override
  protected void measure(Report report) {
    try (Subject subject = open(given);
        CodeLens lens = new CodeLens(subject.model())) {
      CodebookTransformer model = subject.model();
      subject.describe(report);
      int length = Math.min(LENGTH, model.config().maxPositions());
      List<int[]> texts = Samples.write(model, size(SAMPLES, 20), length, seed());
      SplittableRandom random = new SplittableRandom(seed());
      List<Integer> live = live(model, texts);
      int codes = Math.min(size(CODES, 8), live.size());
      int contexts = size(CONTEXTS, 6);
      report.setting("texts", texts.size() + " of " + length + " tokens, written by the model");
      report.setting("codes, contexts of each", codes + ", " + contexts);
      report.setting("live codes they were drawn from", String.valueOf(live.size()));
      List<int[]> inputs = inputs(texts, contexts, length, random);
      List<Raised> raised = new ArrayList<>();
      try (LastPositions last = new LastPositions(model, inputs)) {
        var trial = new Trial(model, lens, last, inputs.size());
        for (int i = 0; i < codes; i++) {
          int own = taken(live, i, random);
          int other = sameSite(CodeSpace.of(model), live, own, random);
          trial.run(own, other).ifPresent(raised::add);
        }
      }
      report(report, raised);
    }
  }

  private static List<Integer> live(CodebookTransformer model, List<int[]> texts) {
    int[] firings = new int[CodeSpace.of(model).size()];
    for (PromptCodes text : PromptCodes.read(model, texts, PromptCodes.Scope.ANY, false, _ -> {})) {
      for (int[] codes : text.fired()) {
        for (int code : codes) {
          firings[code]++;
        }
      }
    }
    List<Integer> live = new ArrayList<>();
    for (int code = 0; code < firings.length; code++) {
      if (firings[code] >= LEAST_FIRINGS) {
        live.add(code);
      }
    }
    return live;
  }

  /// Beginnings of the texts, cut at random places.
  private static List<int[]> inputs(
      List<int[]> texts, int count, int length, SplittableRandom random) {
    List<int[]> inputs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] text = texts.get(random.nextInt(texts.size()));
      inputs.add(Arrays.copyOf(text, 4 + random.nextInt(length - 4)));
    }
    return inputs;
  }

  /// Draws without putting back: what was drawn goes to the front.
  private static int taken(List<Integer> live, int i, SplittableRandom random) {
    int at = i + random.nextInt(live.size() - i);
    int code = live.get(at);
    live.set(at, live.get(i));
    live.set(i, code);
    return code;
  }

  private static int sameSite(
      CodeSpace space, List<Integer> live, int code, SplittableRandom random) {
    int site = space.siteOf(code);
    List<Integer> others =
        live.stream().filter(other -> other != code && space.siteOf(other) == site).toList();
    return others.isEmpty() ? code : others.get(random.nextInt(others.size()));
  }

  /// Forces codes and looks at the lens' tokens.
  private static final class Trial {
    private final CodebookTransformer model;
    private final CodeSpace space;
    private final CodeLens lens;
    private final LastPositions last;
    private final double[][] plain;

    private Trial(CodebookTransformer model, CodeLens lens, LastPositions last, int inputs) {
      this.model = model;
      this.lens = lens;
      this.last = last;
      space = CodeSpace.of(model);
      last.run(Steering.NONE);
      plain = new double[inputs][];
      for (int i = 0; i < inputs; i++) {
        plain[i] = last.distribution(i).clone();
      }
    }

    private Optional<Raised> run(int own, int other) {
      CodebookSite site = model.sites().get(space.siteOf(own));
      List<Integer> tokens =
          lens.tokens(site, own - space.first()[site.index()], TOP).stream()
              .filter(token -> token.logit() > 0)
              .map(CodeLens.Token::id)
              .toList();
      if (tokens.isEmpty() || own == other) {
        return Optional.empty();
      }
      return Optional.of(
          new Raised(
              site,
              share(site, own, SlotWrite.ALL_SLOTS, tokens),
              share(site, other, SlotWrite.ALL_SLOTS, tokens),
              share(site, own, -1, tokens),
              share(site, other, -1, tokens)));
    }

    private double share(CodebookSite site, int code, int slot, List<Integer> tokens) {
      SiteSteering write =
          SiteSteering.builder().write(code - space.first()[site.index()], slot).build();
      last.run(Steering.of(Map.of(site.index(), write), model.sites().size()));
      int raised = 0;
      for (int i = 0; i < plain.length; i++) {
        double change = 0;
        for (int token : tokens) {
          change += last.distribution(i)[token] - plain[i][token];
        }
        raised += change > 0 ? 1 : 0;
      }
      return (double) raised / plain.length;
    }
  }

  private static void report(Report report, List<Raised> raised) {
    Map<String, List<Raised>> groups = new TreeMap<>();
    for (Raised each : raised) {
      groups
          .computeIfAbsent(
              "L" + each.site().site().layer() + "." + each.site().site().component().label(),
              _ -> new ArrayList<>())
          .add(each);
    }
    List<List<String>> rows = new ArrayList<>();
    BarPlot plot = new BarPlot("contexts in which the tokens rise", List.of("code", "control"));
    rows.add(row("all", raised));
    plot.group("all", List.of(all(raised), control(raised)));
    groups.forEach(
        (name, of) -> {
          rows.add(row(name, of));
          plot.group(name, List.of(all(of), control(of)));
        });
    report.table(
        List.of(
            "place",
            "codes",
            "code in all slots",
            "control",
            "code in one slot",
            "control",
            "codes above their control"),
        rows);
    report.text(
        "Share of contexts in which the sum of the probabilities of the lens's ten tokens rises,"
            + " mean over codes with its 95 % interval. Control: another random live code of the"
            + " same site is activated, the same tokens are looked at. Codes that act through"
            + " later layers only may well raise other tokens than their direct way to the output"
            + " says.");
    report.plot("share of contexts in which the lens's tokens rise", plot.svg());
  }

  private static Estimate all(List<Raised> of) {
    return Estimate.of(of.stream().mapToDouble(Raised::all).toArray());
  }

  private static Estimate control(List<Raised> of) {
    return Estimate.of(of.stream().mapToDouble(Raised::control).toArray());
  }

  private static List<String> row(String name, List<Raised> of) {
    long above = of.stream().filter(each -> each.all() > each.control()).count();
    return List.of(
        name,
        String.valueOf(of.size()),
        all(of).toString(),
        control(of).toString(),
        Estimate.of(of.stream().mapToDouble(Raised::one).toArray()).toString(),
        Estimate.of(of.stream().mapToDouble(Raised::oneControl).toArray()).toString(),
        String.format(Locale.ROOT, "%.0f %%", 100.0 * above / Math.max(1, of.size())));
  }
}
