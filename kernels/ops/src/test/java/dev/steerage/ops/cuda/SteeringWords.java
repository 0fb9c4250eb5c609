package dev.steerage.ops.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Steering records as the device reads them, with their meaning written out as plainly as it goes.
///
/// @param at where the record of each row begins in the words; -1 = none
record SteeringWords(int[] at, int[] words, int firstSite) {
  private static final int ALL_SLOTS = Integer.MIN_VALUE;

  static SteeringWords none(int rows) {
    int[] at = new int[rows];
    java.util.Arrays.fill(at, -1);
    return new SteeringWords(at, new int[1], 3);
  }

  /// Records of every kind at the sites from `firstSite` on; most bans hit what a row would choose.
  static SteeringWords random(
      Random random, int rows, int firstSite, int size, int k, int codes, int[] natural) {
    int[] at = new int[rows];
    List<Integer> words = new ArrayList<>(List.of(99));
    for (int r = 0; r < rows; r++) {
      if (r % 5 == 0) {
        at[r] = -1;
        continue;
      }
      at[r] = words.size();
      int sites = firstSite + size;
      List<Integer> record = new ArrayList<>();
      for (int site = 0; site < sites; site++) {
        record.add(0);
      }
      for (int i = 0; i < size; i++) {
        if (r % 5 == 1 && i == 0) {
          continue;
        }
        record.set(firstSite + i, record.size());
        int[] own =
            java.util.Arrays.copyOfRange(natural, (r * size + i) * k, (r * size + i + 1) * k);
        record.addAll(site(random, k, codes, own));
      }
      words.addAll(record);
    }
    return new SteeringWords(at, words.stream().mapToInt(Integer::intValue).toArray(), firstSite);
  }

  private static List<Integer> site(Random random, int k, int codes, int[] natural) {
    java.util.TreeSet<Integer> bans = new java.util.TreeSet<>();
    switch (random.nextInt(5)) {
      case 0 -> {}
      case 1 -> bans.add(natural[random.nextInt(k)]);
      case 2 -> {
        for (int id : natural) {
          bans.add(id);
        }
      }
      case 3 -> {
        for (int i = 0; i < 64; i++) {
          bans.add(random.nextInt(codes));
        }
      }
      default -> {
        // All but a few: slots stay empty.
        for (int id = 0; id < codes; id++) {
          if (random.nextInt(codes) >= k) {
            bans.add(id);
          }
        }
      }
    }
    int ablations = random.nextInt(3);
    int writes = random.nextInt(3);
    int appends = random.nextInt(3);
    int disableTop = random.nextInt(4) == 0 ? random.nextInt(Math.min(120, codes - k)) : 0;
    List<Integer> words =
        new ArrayList<>(List.of(bans.size(), ablations, writes, appends, disableTop));
    words.addAll(bans);
    for (int i = 0; i < ablations; i++) {
      words.add(natural[random.nextInt(k)]);
    }
    for (int i = 0; i < writes; i++) {
      words.add(random.nextInt(6) == 0 ? -1 : random.nextInt(codes));
      words.add(random.nextInt(6) == 0 ? ALL_SLOTS : random.nextInt(2 * k) - k);
    }
    for (int i = 0; i < appends; i++) {
      words.add(random.nextInt(codes));
    }
    return words;
  }

  /// The codes in force for codebook i of the group; 0 = no record, the natural ones are.
  ///
  /// @param order all codes, best first
  int apply(int row, int i, int k, int[] order, int[] to, int toAt) {
    if (at[row] < 0 || words[at[row] + firstSite + i] == 0) {
      return 0;
    }
    int from = at[row] + words[at[row] + firstSite + i];
    int ablationsAt = from + 5 + words[from];
    int writesAt = ablationsAt + words[from + 1];
    int appendsAt = writesAt + 2 * words[from + 2];
    int skip = words[from + 4];
    int slot = 0;
    for (int id : order) {
      if (slot == k || contains(from + 5, words[from], id)) {
        continue;
      }
      if (skip > 0) {
        skip--;
      } else {
        to[toAt + slot++] = contains(ablationsAt, words[from + 1], id) ? -1 : id;
      }
    }
    while (slot < k) {
      to[toAt + slot++] = -1;
    }
    for (int w = writesAt; w < appendsAt; w += 2) {
      for (int s = 0; s < k; s++) {
        int where = words[w + 1];
        if (where == ALL_SLOTS || s == (where >= 0 ? where : k + where)) {
          to[toAt + s] = words[w];
        }
      }
    }
    for (int a = 0; a < words[from + 3]; a++) {
      to[toAt + k + a] = words[appendsAt + a];
    }
    return k + words[from + 3];
  }

  private boolean contains(int from, int count, int id) {
    for (int w = from; w < from + count; w++) {
      if (words[w] == id) {
        return true;
      }
    }
    return false;
  }
}
