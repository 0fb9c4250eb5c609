package dev.steerage.experiments.topics;

import dev.steerage.transformer.CodebookTransformer;
import dev.steerage.transformer.tokenizer.Tokenizer;
import java.util.ArrayList;
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
  private static final int EPOCHS = 4;

  /// How much of everything.
  ///
  /// @param stories with a topic, at most; twice as many without
  /// @param autoencoderTokens of those stories, at most, that autoencoders are trained on
  record Sizes(
      int topics,
      int stories,
      int autoencoderTokens,
      int devPrompts,
      int devSeeds,
      int prompts,
      int seeds) {}

  /// Everything about one topic.
  ///
  /// @param chosen setting by arm
  /// @param byCodes the arm by codes with most hits on the dev prompts
  /// @param trials on the test prompts
  /// @param positions of stories with the topic
  record Outcome(
      Topic topic,
      Trial base,
      Map<Arm, Arm.Setting> chosen,
      Arm byCodes,
      Map<Arm, Trial> trials,
      long positions) {}

  /// One setting on the dev prompts, all topics together.
  record Point(
      Arm arm, Arm.Setting setting, double addedLoss, double mentionRate, double hitRate) {}

  /// What is chosen for a topic on the dev prompts.
  private static final class Choice {
    private final Map<Arm, Arm.Setting> settings = new EnumMap<>(Arm.class);
    private final Map<Arm, Double> hitRates = new EnumMap<>(Arm.class);
    private Arm byCodes = Arm.ONCE;

    /// Equal ones: the setting, and the arm, that was tried first.
    void offer(Arm arm, Arm.Setting setting, double hitRate) {
      if (hitRate > hitRates.getOrDefault(arm, -1.0)) {
        hitRates.put(arm, hitRate);
        settings.put(arm, setting);
      }
      if (arm.isByCodes() && hitRate > hitRates.get(byCodes)) {
        byCodes = arm;
      }
    }
  }

  private final CodebookTransformer model;
  private final Tokenizer tokenizer;
  private final Sizes sizes;
  private final long seed;
  private final StoryWriter writer;
  private final Fluency.Judge judge;
  private final Consumer<String> notes;
  private final List<Point> points = new ArrayList<>();
  private Autoencoders autoencoders;

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

  /// Trained by [#run].
  Autoencoders autoencoders() {
    return autoencoders;
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
    List<Chosen> stories = choose(topics, train);
    List<TopicCounts> counts = topics.stream().map(_ -> new TopicCounts(model.sites())).toList();
    List<TopicCounts> latents = topics.stream().map(_ -> new TopicCounts(model.sites())).toList();
    count(stories, counts, latents);
    List<int[]> prompts = Prompts.of(valid, tokenizer, sizes.devPrompts() + sizes.prompts());
    SplittableRandom root = new SplittableRandom(seed);
    Steerer steerer = new Steerer(model.sites(), counts, latents, autoencoders, root.split());
    var dev = beginnings(prompts.subList(0, sizes.devPrompts()), sizes.devSeeds(), root.split());
    var test =
        beginnings(
            prompts.subList(sizes.devPrompts(), prompts.size()), sizes.seeds(), root.split());
    notes.accept("settings on " + dev.size() + " stories of dev prompts");
    List<Choice> chosen = choose(topics, steerer, dev);
    notes.accept("measuring on " + test.size() + " stories of other prompts");
    Told base = tell(test, Steerer.Plan.NOTHING, 0);
    Guard guard = new Guard(base.fluency());
    List<Outcome> outcomes = new ArrayList<>();
    for (int t = 0; t < topics.size(); t++) {
      Topic topic = topics.get(t);
      Map<Arm, Trial> trials = new EnumMap<>(Arm.class);
      for (Arm arm : Arm.values()) {
        Arm.Setting setting = chosen.get(t).settings.get(arm);
        Told told = tell(test, steerer.plan(t, arm, setting), setting.tokens());
        trials.put(arm, trial(topic, told, guard));
      }
      notes.accept(topic.name());
      outcomes.add(
          new Outcome(
              topic,
              trial(topic, base, guard),
              chosen.get(t).settings,
              chosen.get(t).byCodes,
              trials,
              counts.get(t).positionsWith()));
    }
    return outcomes;
  }

  /// A story to find codes on.
  ///
  /// @param with topics that it has
  /// @param without topics that it is taken as having none of
  private record Chosen(String story, List<Integer> with, List<Integer> without) {}

  private List<Chosen> choose(List<Topic> topics, List<String> train) {
    int[] with = new int[topics.size()];
    int[] without = new int[topics.size()];
    List<Chosen> chosen = new ArrayList<>();
    for (String story : train) {
      List<Integer> has = new ArrayList<>();
      List<Integer> hasNot = new ArrayList<>();
      for (int t = 0; t < with.length; t++) {
        long mentions = topics.get(t).mentions(story);
        if (mentions >= 4 && with[t] < sizes.stories()) {
          with[t]++;
          has.add(t);
        } else if (mentions == 0 && without[t] < 2 * sizes.stories()) {
          without[t]++;
          hasNot.add(t);
        }
      }
      if (!has.isEmpty() || !hasNot.isEmpty()) {
        chosen.add(new Chosen(story, has, hasNot));
      }
    }
    for (int t = 0; t < with.length; t++) {
      if (with[t] == 0) {
        throw new IllegalArgumentException(
            "data: no story has '" + topics.get(t).name() + "' four times");
      }
    }
    return chosen;
  }

  /// Counts codes, trains the autoencoders on the same stories, counts their latents.
  private void count(List<Chosen> stories, List<TopicCounts> codes, List<TopicCounts> latents) {
    List<List<float[]>> inputs = new ArrayList<>();
    model.sites().forEach(_ -> inputs.add(new ArrayList<>()));
    try (StoryReading.Reader reader = new StoryReading.Reader(model, LONGEST)) {
      for (Chosen each : stories) {
        StoryReading reading = reader.read(tokenizer.encodePrompt(each.story()));
        add(each, reading, codes);
        for (int site = 0; site < inputs.size(); site++) {
          if (inputs.get(site).size() < sizes.autoencoderTokens()) {
            inputs.get(site).addAll(reading.inputs(site));
          }
        }
      }
      notes.accept("training autoencoders on " + inputs.getFirst().size() + " tokens");
      autoencoders = Autoencoders.train(model.sites(), inputs, EPOCHS, seed);
      for (Chosen each : stories) {
        StoryReading reading = reader.read(tokenizer.encodePrompt(each.story()));
        add(each, autoencoders.read(reading), latents);
      }
    }
  }

  private static void add(Chosen story, StoryReading reading, List<TopicCounts> counts) {
    story.with().forEach(t -> counts.get(t).add(true, reading));
    story.without().forEach(t -> counts.get(t).add(false, reading));
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

  private Told tell(List<StoryWriter.Beginning> beginnings, Steerer.Plan plan, int steered) {
    List<int[]> stories = writer.write(beginnings, plan, steered);
    List<Fluency> fluency = new ArrayList<>();
    for (int i = 0; i < stories.size(); i++) {
      fluency.add(judge.judge(beginnings.get(i).prompt(), stories.get(i)));
    }
    return new Told(stories.stream().map(tokenizer::decode).toList(), fluency);
  }

  private static Trial trial(Topic topic, Told told, Guard guard) {
    return Trial.of(topic, told.texts(), told.fluency(), guard);
  }

  private List<Choice> choose(
      List<Topic> topics, Steerer steerer, List<StoryWriter.Beginning> dev) {
    Told base = tell(dev, Steerer.Plan.NOTHING, 0);
    Guard guard = new Guard(base.fluency());
    List<Choice> chosen = topics.stream().map(_ -> new Choice()).toList();
    for (Arm arm : Arm.values()) {
      for (Arm.Setting setting : arm.settings()) {
        double loss = 0;
        double mentions = 0;
        double hits = 0;
        for (int t = 0; t < topics.size(); t++) {
          Told told = tell(dev, steerer.plan(t, arm, setting), setting.tokens());
          Trial trial = trial(topics.get(t), told, guard);
          loss += (trial.loss() - trial(topics.get(t), base, guard).loss()) / topics.size();
          mentions += trial.mentionRate() / topics.size();
          hits += trial.hitRate() / topics.size();
          chosen.get(t).offer(arm, setting, trial.hitRate());
        }
        points.add(new Point(arm, setting, loss, mentions, hits));
      }
      notes.accept(arm.words());
    }
    for (Choice choice : chosen) {
      choice.settings.put(Arm.RANDOM, choice.settings.get(Arm.ALL_SLOTS));
      choice.settings.put(Arm.OTHER, choice.settings.get(Arm.ALL_SLOTS));
    }
    return chosen;
  }

  @Override
  public void close() {
    writer.close();
    judge.close();
  }
}
