package dev.steerage.experiments.topics;

import java.util.List;

/// A way of steering a topic, and the settings that are tried on the dev prompts, weakest first.
enum Arm {
  ONCE(
      "each code once",
      List.of(
          new Setting(6, 2, Setting.ALWAYS),
          new Setting(6, 4, Setting.ALWAYS),
          new Setting(8, 4, Setting.ALWAYS),
          new Setting(8, 8, 8),
          new Setting(8, 8, 15),
          new Setting(8, 8, 30),
          new Setting(12, 8, 8),
          new Setting(12, 4, Setting.ALWAYS))),
  ALL_SLOTS(
      "all slots",
      List.of(
          new Setting(1, 1, Setting.ALWAYS),
          new Setting(2, 1, Setting.ALWAYS),
          new Setting(4, 1, Setting.ALWAYS),
          new Setting(6, 1, 15),
          new Setting(8, 1, 4),
          new Setting(8, 1, 8),
          new Setting(8, 1, 15),
          new Setting(8, 1, Setting.ALWAYS))),
  CONTRASTIVE(
      "contrastive addition",
      List.of(
          new Setting(24, 1, Setting.ALWAYS),
          new Setting(24, 2, 15),
          new Setting(24, 2, 30),
          new Setting(24, 2, Setting.ALWAYS),
          new Setting(24, 4, 4),
          new Setting(24, 4, 8),
          new Setting(24, 4, 15),
          new Setting(24, 4, Setting.ALWAYS))),
  AUTOENCODER(
      "top-k autoencoder",
      List.of(
          new Setting(8, 1, Setting.ALWAYS),
          new Setting(8, 2, 15),
          new Setting(8, 2, Setting.ALWAYS),
          new Setting(8, 4, 8),
          new Setting(8, 4, 15),
          new Setting(8, 4, Setting.ALWAYS),
          new Setting(24, 2, 15),
          new Setting(24, 4, 8))),
  RANDOM("random codes, all slots", List.of()),
  OTHER("another topic's codes, all slots", List.of());

  /// How strong.
  ///
  /// @param sites with codes, the best ones
  /// @param strength codes of a site, or what direction or latent are multiplied by
  /// @param tokens of the story that are steered, the first ones; the prompt always is
  record Setting(int sites, int strength, int tokens) {
    static final int ALWAYS = TopicsExperiment.TOKENS;
  }

  private final String words;
  private final List<Setting> settings;

  Arm(String words, List<Setting> settings) {
    this.words = words;
    this.settings = settings;
  }

  String words() {
    return words;
  }

  /// Whether it steers by codes of the topic.
  boolean isByCodes() {
    return this == ONCE || this == ALL_SLOTS;
  }

  /// Empty for controls, which take the setting of [#ALL_SLOTS].
  List<Setting> settings() {
    return settings;
  }
}
