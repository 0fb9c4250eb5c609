package dev.steerage.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.CodeStatistics;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import dev.steerage.schemas.sbe.HistogramDecoder;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TopicReader;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Counts the committed records again, in the plainest way, to compare the statistics with.
final class Recount {

  /// The window that is compared: the smallest of the statistics.
  static final long WINDOW_MS = 10_000;

  private Recount() {}

  /// How often each code was natural: site name to code to count.
  record Counts(Map<String, Map<Integer, Long>> bySite) {
    static Counts empty() {
      return new Counts(new TreeMap<>());
    }

    void add(String site, int code, long count) {
      bySite.computeIfAbsent(site, _ -> new TreeMap<>()).merge(code, count, Long::sum);
    }
  }

  /// From the raw activations; every position of every request must be there once.
  static Counts ofRawActivations(String bootstrap) {
    var counts = Counts.empty();
    Set<String> positions = new HashSet<>();
    var decoder = new ActivationsDecoder();
    try (var reader = TopicReader.committed(bootstrap, Topics.ACTIVATIONS.of(TenantId.DEFAULT))) {
      for (var record : reader.toEnd()) {
        assertThat(decoder.wrap(record.value())).isEmpty();
        for (int i = 0; i < decoder.positions(); i++) {
          String position = decoder.request() + "@" + (decoder.firstPosition() + i);
          assertThat(positions.add(position)).as("doubled position %s", position).isTrue();
          add(counts, decoder, i);
        }
      }
    }
    return counts;
  }

  private static void add(Counts counts, ActivationsDecoder decoder, int i) {
    for (int site = 0; site < decoder.sites(); site++) {
      for (int slot = 0; slot < decoder.slots(site); slot++) {
        counts.add(decoder.site(site).toString(), decoder.code(i, site, slot), 1);
      }
    }
  }

  /// From the histograms: window start to counts.
  static Map<Long, Counts> ofHistograms(String bootstrap) {
    Map<Long, Counts> windows = new TreeMap<>();
    var decoder = new HistogramDecoder();
    try (var reader = TopicReader.committed(bootstrap, Topics.HISTOGRAMS)) {
      for (var record : reader.toEnd()) {
        if (record.value().length == 0) {
          // The statistics asked the broker for the time of an idle partition.
          continue;
        }
        assertThat(decoder.wrap(record.value())).isEmpty();
        long window = record.timestamp() - record.timestamp() % WINDOW_MS;
        Counts counts = windows.computeIfAbsent(window, _ -> Counts.empty());
        for (int site = 0; site < decoder.sites(); site++) {
          for (int entry = 0; entry < decoder.entries(site); entry++) {
            counts.add(
                decoder.site(site).toString(),
                decoder.code(site, entry),
                decoder.count(site, entry));
          }
        }
      }
    }
    return windows;
  }

  /// All windows of [#ofHistograms] together.
  static Counts sum(Map<Long, Counts> windows) {
    var sum = Counts.empty();
    windows
        .values()
        .forEach(
            window ->
                window
                    .bySite()
                    .forEach(
                        (site, codes) ->
                            codes.forEach((code, count) -> sum.add(site, code, count))));
    return sum;
  }

  /// What the statistics say last about each window and site, in words that compare.
  static Map<String, String> published(TopicReader<String, CodeStatistics> statistics) {
    Map<String, String> latest = new HashMap<>();
    statistics
        .toEnd()
        .forEach(
            record -> {
              CodeStatistics said = record.value();
              if (said.windowMs() == WINDOW_MS && said.activations() > 0) {
                List<String> top =
                    said.top().stream().map(code -> code.code() + "x" + code.count()).toList();
                latest.put(
                    said.windowStartMs() + " " + said.site(),
                    words(said.activations(), said.distinct(), top));
              }
            });
    return new TreeMap<>(latest);
  }

  /// What they must say.
  static Map<String, String> expected(Map<Long, Counts> windows, int top) {
    Map<String, String> expected = new TreeMap<>();
    windows.forEach(
        (start, counts) ->
            counts
                .bySite()
                .forEach((site, codes) -> expected.put(start + " " + site, words(codes, top))));
    return expected;
  }

  private static String words(Map<Integer, Long> codes, int top) {
    List<Map.Entry<Integer, Long>> order = new ArrayList<>(codes.entrySet());
    order.sort(
        Map.Entry.<Integer, Long>comparingByValue(Comparator.reverseOrder())
            .thenComparing(Map.Entry.comparingByKey()));
    return words(
        codes.values().stream().mapToLong(Long::longValue).sum(),
        codes.size(),
        order.stream().limit(top).map(code -> code.getKey() + "x" + code.getValue()).toList());
  }

  private static String words(long activations, int distinct, List<String> top) {
    return "activations=" + activations + " distinct=" + distinct + " top=" + top;
  }
}
