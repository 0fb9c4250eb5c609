package dev.steerage.transformer.analysis;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Prompts of a model that is not there, whose codes mean what a test wants.
final class PlantedPrompts {
  static final int SITES = 12;
  static final int CODES = 50;
  static final int SLOTS = 3;
  static final int POSITIONS = 6;

  /// Three layers of four heads.
  static final CodeSpace SPACE =
      new CodeSpace(
          IntStream.range(0, SITES).mapToObj(i -> new Site(i / 4, Component.ATTN, i % 4)).toList(),
          IntStream.rangeClosed(0, SITES).map(i -> i * CODES).toArray());

  private PlantedPrompts() {}

  /// Codes at random, the last one of each slot's range left out: that is what tests plant.
  static PromptCodes random(SplittableRandom random) {
    int[][] fired = new int[POSITIONS][SITES * SLOTS];
    int range = CODES / SLOTS;
    for (int[] row : fired) {
      for (int site = 0; site < SITES; site++) {
        for (int slot = 0; slot < SLOTS; slot++) {
          row[site * SLOTS + slot] = SPACE.number(site, slot * range + random.nextInt(range - 1));
        }
      }
    }
    return PromptCodes.of(fired);
  }

  /// Lets a code fire in the first slot of its site.
  static PromptCodes with(PromptCodes prompt, int position, int site, int code) {
    prompt.fired()[position][site * SLOTS] = SPACE.number(site, code);
    return prompt;
  }

  static List<PromptCodes> random(int count, SplittableRandom random) {
    List<PromptCodes> prompts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      prompts.add(random(random));
    }
    return prompts;
  }
}
