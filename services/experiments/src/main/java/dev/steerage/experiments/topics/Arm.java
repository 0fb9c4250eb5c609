package dev.steerage.experiments.topics;

import java.util.List;

/// A way of steering a topic, and the settings that are tried on the dev prompts, weakest first.
enum Arm {
  ONCE(
      "each code once",
      List.of(new Setting(6, 2), new Setting(6, 4), new Setting(24, 2), new Setting(24, 4))),
  ALL_SLOTS(
      "all slots",
      List.of(new Setting(1, 1), new Setting(2, 1), new Setting(4, 1), new Setting(8, 1))),
  CONTRASTIVE(
      "contrastive addition",
      List.of(new Setting(24, 1), new Setting(24, 2), new Setting(24, 4), new Setting(24, 8))),
  AUTOENCODER(
      "top-k autoencoder",
      List.of(new Setting(8, 1), new Setting(8, 2), new Setting(8, 4), new Setting(24, 4))),
  RANDOM("random codes, all slots", List.of()),
  OTHER("another topic's codes, all slots", List.of());

  /// How strong.
  ///
  /// @param sites with codes, the best ones
  /// @param strength codes of a site, or what direction or latent are multiplied by
  record Setting(int sites, int strength) {}

  private final String words;
  private final List<Setting> settings;

  Arm(String words, List<Setting> settings) {
    this.words = words;
    this.settings = settings;
  }

  String words() {
    return words;
  }

  /// Empty for controls, which take the setting of [#ALL_SLOTS].
  List<Setting> settings() {
    return settings;
  }
}
