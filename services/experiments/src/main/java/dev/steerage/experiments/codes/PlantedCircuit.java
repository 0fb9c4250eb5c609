package dev.steerage.experiments.codes;

import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.transformer.analysis.CodeSpace;
import dev.steerage.transformer.analysis.PromptCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// A model that is not there, in which some heads write codes of their own on positive prompts,
/// among codes that fire anywhere.
///
/// @param isPlanted by site
record PlantedCircuit(
    CodeSpace space, List<PromptCodes> positive, List<PromptCodes> negative, boolean[] isPlanted) {
  static final int LAYERS = 4;
  static final int HEADS = 6;
  static final int CODES = 200;
  static final int SLOTS = 4;
  static final int POSITIONS = 20;
  static final int PLANTED = 4;
  static final double FIRES = 0.8;
  static final int OWN = 30;

  /// How planted heads write.
  enum Writing {
    /// One code of the head, at one position of a positive prompt.
    ONE_CODE,
    /// One of thirty, at a quarter of the positions.
    MANY_CODES
  }

  static PlantedCircuit of(int prompts, Writing writing, SplittableRandom random) {
    int sites = LAYERS * HEADS;
    CodeSpace space =
        new CodeSpace(
            IntStream.range(0, sites)
                .mapToObj(i -> new Site(i / HEADS, Component.ATTN, i % HEADS))
                .toList(),
            IntStream.rangeClosed(0, sites).map(i -> i * CODES).toArray());
    boolean[] isPlanted = new boolean[sites];
    for (int i = 0; i < PLANTED; ) {
      int site = random.nextInt(sites);
      i += isPlanted[site] ? 0 : 1;
      isPlanted[site] = true;
    }
    List<PromptCodes> positive = new ArrayList<>();
    List<PromptCodes> negative = new ArrayList<>();
    for (int i = 0; i < prompts; i++) {
      negative.add(prompt(space, random));
      PromptCodes with = prompt(space, random);
      for (int site = 0; site < sites; site++) {
        if (isPlanted[site]) {
          plant(with, space, site, writing, random);
        }
      }
      positive.add(with);
    }
    return new PlantedCircuit(space, positive, negative, isPlanted);
  }

  private static void plant(
      PromptCodes prompt, CodeSpace space, int site, Writing writing, SplittableRandom random) {
    int at = site * SLOTS;
    // The last codes of a site are never drawn otherwise.
    switch (writing) {
      case ONE_CODE -> {
        if (random.nextDouble() < FIRES) {
          prompt.fired()[random.nextInt(POSITIONS)][at] = space.number(site, CODES - 1);
        }
      }
      case MANY_CODES -> {
        for (int[] row : prompt.fired()) {
          if (random.nextInt(4) == 0) {
            row[at] = space.number(site, CODES - 1 - random.nextInt(OWN));
          }
        }
      }
    }
  }

  /// Frequent codes and rare ones, as in models: the square of a uniform number.
  private static PromptCodes prompt(CodeSpace space, SplittableRandom random) {
    int sites = space.sites().size();
    int[][] fired = new int[POSITIONS][sites * SLOTS];
    for (int[] row : fired) {
      for (int i = 0; i < row.length; i++) {
        double drawn = random.nextDouble();
        row[i] = space.number(i / SLOTS, (int) (drawn * drawn * (CODES - OWN)));
      }
    }
    return PromptCodes.of(fired);
  }
}
