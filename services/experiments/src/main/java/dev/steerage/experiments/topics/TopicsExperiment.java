package dev.steerage.experiments.topics;

import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// Finds codes on training stories, settings on dev prompts, and measures once on other prompts.
final class TopicsExperiment implements AutoCloseable {
  static final int TOKENS = 60;
  static final double TEMPERATURE = 0.9;

  private static final int LONGEST = 128;

  /// How much of everything.
  ///
  /// @param stories with a topic, at most; twice as many without
  record Sizes(int topics, int stories, int devPrompts, int devSeeds, int prompts, int seeds) {}

  /// Everything about one topic.
  ///
  /// @param chosen setting by arm
  /// @param trials on the test prompts
  /// @param positions of stories with the topic
  record Outcome(
      Topic topic,
      Trial base,
      Map<Arm, Arm.Setting> chosen,
      Map<Arm, Trial> trials,
      long positions) {}

  /// One setting on the dev prompts, all topics together.
  record Point(Arm arm, Arm.Setting setting, double addedLoss, double mentionRate) {}

  private final CodebookTransformer model;
  private final Tokenizer tokenizer;
  private final Sizes sizes;
  private final long seed;
  private final StoryWriter writer;
  private final Fluency.Judge judge;
  private final Consumer<String> notes;
  private final List<Point> points = new ArrayList<>();

  TopicsExperiment(
      CodebookTransformer model,
      CodebookTransformer dense,
      Sizes sizes,
      long seed,
      Consumer<String> notes) {
    this.model = model;
    this.tokenizer = model.tokenizer();
    this.sizes = sizes;
    this.seed = seed;
    this.notes = notes;
    writer = new StoryWriter(model, LONGEST - TOKENS, TOKENS, TEMPERATURE);
    judge = new Fluency.Judge(dense, LONGEST);
  }

  /// Settings on the dev prompts, in the order tried.
  List<Point> points() {
    return List.copyOf(points);
  }

  /// @param train stories to find codes on
  /// @param valid stories whose beginnings are prompts: dev prompts first
  List<Outcome> run(List<String> train, List<String> valid) {
    List<Topic> topics = Topic.ALL.subList(0, Math.min(sizes.topics(), Topic.ALL.size()));
    notes.accept("finding codes");
    List<TopicCounts> counts = counts(topics, train);
    List<int[]> prompts = Prompts.of(valid, tokenizer, sizes.devPrompts() + sizes.prompts());
    SplittableRandom root = new SplittableRandom(seed);
    Steerer steerer = new Steerer(model.sites(), counts, root.split());
    var dev = beginnings(prompts.subList(0, sizes.devPrompts()), sizes.devSeeds(), root.split());
    var test =
        beginnings(
            prompts.subList(sizes.devPrompts(), prompts.size()), sizes.seeds(), root.split());
    notes.accept("settings on " + dev.size() + " stories of dev prompts");
    List<Map<Arm, Arm.Setting>> chosen = choose(topics, steerer, dev);
    notes.accept("measuring on " + test.size() + " stories of other prompts");
    Told base = tell(test, Steerer.Plan.NOTHING);
    Guard guard = new Guard(base.fluency());
    List<Outcome> outcomes = new ArrayList<>();
    for (int t = 0; t < topics.size(); t++) {
      Topic topic = topics.get(t);
      Map<Arm, Trial> trials = new EnumMap<>(Arm.class);
      for (Arm arm : Arm.values()) {
        Arm.Setting setting = chosen.get(t).get(arm);
        trials.put(arm, trial(topic, tell(test, steerer.plan(t, arm, setting)), guard));
      }
      notes.accept(topic.name());
      outcomes.add(
          new Outcome(
              topic,
              trial(topic, base, guard),
              chosen.get(t),
              trials,
              counts.get(t).positionsWith()));
    }
    return outcomes;
  }

  private List<TopicCounts> counts(List<Topic> topics, List<String> train) {
    List<TopicCounts> counts = topics.stream().map(_ -> new TopicCounts(model.sites())).toList();
    int[] with = new int[topics.size()];
    int[] without = new int[topics.size()];
    try (StoryReading.Reader reader = new StoryReading.Reader(model, LONGEST)) {
      for (String story : train) {
        List<Integer> takers = new ArrayList<>();
        for (int t = 0; t < with.length; t++) {
          long mentions = topics.get(t).mentions(story);
          boolean isTaken =
              mentions >= 4
                  ? with[t] < sizes.stories()
                  : mentions == 0 && without[t] < 2 * sizes.stories();
          if (isTaken) {
            (mentions >= 4 ? with : without)[t]++;
            takers.add(mentions >= 4 ? t : -1 - t);
          }
        }
        if (!takers.isEmpty()) {
          StoryReading reading = reader.read(tokenizer.encodePrompt(story));
          takers.forEach(t -> counts.get(t >= 0 ? t : -1 - t).add(t >= 0, reading));
        }
      }
    }
    for (int t = 0; t < with.length; t++) {
      if (with[t] == 0) {
        throw new IllegalArgumentException(
            "data: no story has '" + topics.get(t).name() + "' four times");
      }
    }
    return counts;
  }

  private static List<StoryWriter.Beginning> beginnings(
      List<int[]> prompts, int seeds, SplittableRandom random) {
    List<StoryWriter.Beginning> all = new ArrayList<>();
    for (int[] prompt : prompts) {
      for (int s = 0; s < seeds; s++) {
        all.add(new StoryWriter.Beginning(prompt, random.nextLong()));
      }
    }
    return all;
  }

  private record Told(List<String> texts, List<Fluency> fluency) {}

  private Told tell(List<StoryWriter.Beginning> beginnings, Steerer.Plan plan) {
    List<int[]> stories = writer.write(beginnings, plan.steering(), plan.edit());
    List<Fluency> fluency = new ArrayList<>();
    for (int i = 0; i < stories.size(); i++) {
      fluency.add(judge.judge(beginnings.get(i).prompt(), stories.get(i)));
    }
    return new Told(stories.stream().map(tokenizer::decode).toList(), fluency);
  }

  private static Trial trial(Topic topic, Told told, Guard guard) {
    return Trial.of(topic, told.texts(), told.fluency(), guard);
  }

  private List<Map<Arm, Arm.Setting>> choose(
      List<Topic> topics, Steerer steerer, List<StoryWriter.Beginning> dev) {
    Told base = tell(dev, Steerer.Plan.NOTHING);
    Guard guard = new Guard(base.fluency());
    List<Map<Arm, Arm.Setting>> chosen = new ArrayList<>();
    double[] best = new double[topics.size()];
    topics.forEach(_ -> chosen.add(new EnumMap<>(Arm.class)));
    for (Arm arm : Arm.values()) {
      Arrays.fill(best, -1);
      for (Arm.Setting setting : arm.settings()) {
        double loss = 0;
        double mentions = 0;
        for (int t = 0; t < topics.size(); t++) {
          Trial trial = trial(topics.get(t), tell(dev, steerer.plan(t, arm, setting)), guard);
          loss += (trial.loss() - trial(topics.get(t), base, guard).loss()) / topics.size();
          mentions += trial.mentionRate() / topics.size();
          if (trial.hitRate() > best[t]) {
            best[t] = trial.hitRate();
            chosen.get(t).put(arm, setting);
          }
        }
        points.add(new Point(arm, setting, loss, mentions));
      }
    }
    for (Map<Arm, Arm.Setting> settings : chosen) {
      settings.put(Arm.RANDOM, settings.get(Arm.ALL_SLOTS));
      settings.put(Arm.OTHER, settings.get(Arm.ALL_SLOTS));
    }
    return chosen;
  }

  @Override
  public void close() {
    writer.close();
    judge.close();
  }
}
