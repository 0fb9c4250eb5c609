package dev.steerage.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import dev.steerage.schemas.sbe.HistogramDecoder;
import dev.steerage.schemas.topic.Topics;
import dev.steerage.testkit.TestBroker;
import java.util.Map;
import java.util.TreeMap;

/// One tenant's histograms, and the same counts taken from its raw activations.
///
/// @param histogram count by `site/code`
/// @param histogramPositions positions counted, as the first block of sites says
/// @param recount what `histogram` should be
/// @param rawPositions positions recorded
record Counts(
    Map<String, Long> histogram,
    long histogramPositions,
    Map<String, Long> recount,
    long rawPositions) {

  static Counts read(TestBroker broker, TenantId tenant) {
    Map<String, Long> histogram = new TreeMap<>();
    long[] positions = new long[2];
    try (var reader = broker.read(Topics.HISTOGRAMS)) {
      var decoder = new HistogramDecoder();
      reader
          .toEnd()
          .forEach(
              record -> {
                assertThat(decoder.wrap(record.value())).isEmpty();
                if (decoder.tenant().equals(tenant.name())) {
                  positions[0] += decoder.siteBlock() == 0 ? decoder.positions() : 0;
                  add(decoder, histogram);
                }
              });
    }
    Map<String, Long> recount = new TreeMap<>();
    try (var reader = broker.read(Topics.ACTIVATIONS.of(tenant))) {
      var decoder = new ActivationsDecoder();
      reader
          .toEnd()
          .forEach(
              record -> {
                assertThat(decoder.wrap(record.value())).isEmpty();
                positions[1] += decoder.positions();
                add(decoder, recount);
              });
    }
    return new Counts(histogram, positions[0], recount, positions[1]);
  }

  private static void add(ActivationsDecoder frame, Map<String, Long> counts) {
    for (int i = 0; i < frame.positions(); i++) {
      for (int site = 0; site < frame.sites(); site++) {
        for (int slot = 0; slot < frame.slots(site); slot++) {
          counts.merge(frame.siteIndex(site) + "/" + frame.code(i, site, slot), 1L, Long::sum);
        }
      }
    }
  }

  private static void add(HistogramDecoder frame, Map<String, Long> counts) {
    for (int site = 0; site < frame.sites(); site++) {
      for (int i = 0; i < frame.entries(site); i++) {
        String code = frame.siteIndex(site) + "/" + frame.code(site, i);
        counts.merge(code, frame.count(site, i), Long::sum);
      }
    }
  }
}
