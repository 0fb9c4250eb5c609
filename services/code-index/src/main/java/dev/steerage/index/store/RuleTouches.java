package dev.steerage.index.store;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Which rules acted on the codes of a model, by committed records.
final class RuleTouches {
  /// Of one pair of rule and code, about.
  static final int BYTES = 128;

  private final Map<Long, Map<String, Touch>> byCode = new HashMap<>();
  private final long most;
  private long entries;

  /// @param most pairs of rule and code; further ones are refused
  RuleTouches(long most) {
    this.most = most;
  }

  /// What one rule did to one code.
  static final class Touch {
    long put;
    long taken;
    long lastMs;
  }

  /// Rules that acted on a code, the last one first.
  List<Map.Entry<String, Touch>> of(int site, int code) {
    return byCode.getOrDefault(key(site, code), Map.of()).entrySet().stream()
        .sorted(
            Comparator.comparingLong((Map.Entry<String, Touch> each) -> -each.getValue().lastMs)
                .thenComparing(Map.Entry::getKey))
        .toList();
  }

  /// The entry of a rule and code, made if there is none; null if it would be one too many.
  Touch touch(int site, int code, String rule) {
    return touch(key(site, code), rule);
  }

  Touch touch(long key, String rule) {
    Map<String, Touch> rules = byCode.get(key);
    Touch found = rules == null ? null : rules.get(rule);
    if (found == null && entries < most) {
      found = new Touch();
      byCode.computeIfAbsent(key, _ -> new HashMap<>()).put(rule, found);
      entries++;
    }
    return found;
  }

  private static long key(int site, int code) {
    return (long) site << 32 | code;
  }

  /// By site and code, for snapshots.
  Map<Long, Map<String, Touch>> all() {
    return byCode;
  }
}
