package dev.steerage.statistics.monitor;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.monitor.Measure;
import dev.steerage.domain.rule.CodeSelection;
import dev.steerage.domain.statistics.CodeDistribution;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// What a measure counts, and the number that it makes of a tally.
final class Counting {
  private final Measure measure;
  private final Map<Site, BitSet> codes;
  private final Map<Site, BitSet> with;
  private final Optional<Site> whole;

  Counting(Measure measure) {
    this.measure = measure;
    codes =
        switch (measure) {
          case Measure.Rate(CodeSelection named) -> bySite(named);
          case Measure.Share(CodeSelection named) -> bySite(named);
          case Measure.Absence(CodeSelection named) -> bySite(named);
          case Measure.CoFiring(CodeSelection named, CodeSelection _) -> bySite(named);
          case Measure.Distinct _,
              Measure.Entropy _,
              Measure.Drift _,
              Measure.Stops _,
              Measure.Alerts _,
              Measure.Divergence _,
              Measure.Loss _ ->
              Map.of();
        };
    with = measure instanceof Measure.CoFiring pair ? bySite(pair.with()) : Map.of();
    whole =
        switch (measure) {
          case Measure.Distinct(Site site) -> Optional.of(site);
          case Measure.Entropy(Site site) -> Optional.of(site);
          case Measure.Drift(Site site, int _, double _) -> Optional.of(site);
          case Measure.Rate _,
              Measure.Share _,
              Measure.Absence _,
              Measure.CoFiring _,
              Measure.Stops _,
              Measure.Alerts _,
              Measure.Divergence _,
              Measure.Loss _ ->
              Optional.empty();
        };
  }

  private static Map<Site, BitSet> bySite(CodeSelection selection) {
    if (!(selection instanceof CodeSelection.Codes(List<Code> named))) {
      throw new IllegalArgumentException("concept in an accepted monitor: " + selection);
    }
    Map<Site, BitSet> sites = new HashMap<>();
    for (Code code : named) {
      sites.computeIfAbsent(code.site(), _ -> new BitSet()).set(code.id());
    }
    return sites;
  }

  /// Counts every position of a frame.
  Tally count(ActivationsDecoder frame) {
    Tally tally = new Tally();
    int sites = frame.sites();
    BitSet[] wanted = new BitSet[sites];
    BitSet[] beside = new BitSet[sites];
    int all = -1;
    for (int site = 0; site < sites; site++) {
      Site name = frame.site(site);
      wanted[site] = codes.get(name);
      beside[site] = with.get(name);
      all = whole.filter(name::equals).isPresent() ? site : all;
    }
    for (int position = 0; position < frame.positions(); position++) {
      count(frame, position, wanted, beside, tally);
      if (all >= 0) {
        for (int slot = 0; slot < frame.slots(all); slot++) {
          tally.codes.merge(frame.code(position, all, slot), 1, Integer::sum);
        }
      }
    }
    tally.positions = frame.positions();
    return tally;
  }

  private static void count(
      ActivationsDecoder frame, int position, BitSet[] wanted, BitSet[] beside, Tally tally) {
    boolean any = false;
    boolean other = false;
    for (int site = 0; site < wanted.length; site++) {
      if (wanted[site] == null && beside[site] == null) {
        continue;
      }
      int slots = frame.slots(site);
      for (int slot = 0; slot < slots; slot++) {
        int code = frame.code(position, site, slot);
        if (wanted[site] != null) {
          tally.activations++;
          if (wanted[site].get(code)) {
            tally.hits++;
            any = true;
          }
        }
        other |= beside[site] != null && beside[site].get(code);
      }
    }
    tally.either += any ? 1 : 0;
    tally.both += any && other ? 1 : 0;
  }

  /// Counts a request that ended, if it is one of those that are looked at.
  Optional<Tally> count(Ended ended) {
    Tally tally = new Tally();
    tally.positions = 1;
    Optional<String> rule;
    switch (measure) {
      case Measure.Divergence divergence -> {
        rule = divergence.rule();
        if (ended.pair().isEmpty()) {
          return Optional.empty();
        }
        tally.hits = ended.pair().get().part();
        tally.activations = ended.pair().get().whole();
      }
      case Measure.Loss loss -> {
        rule = loss.rule();
        if (ended.loss().isEmpty()) {
          return Optional.empty();
        }
        tally.hits = ended.loss().get().part();
        tally.activations = ended.loss().get().whole();
      }
      case Measure.Stops _, Measure.Alerts _ when !ended.isEnd() -> {
        return Optional.empty();
      }
      case Measure.Stops stops -> {
        rule = stops.rule();
        tally.hits = ended.isStopped() ? 1 : 0;
      }
      case Measure.Alerts alerts -> {
        rule = alerts.rule();
        tally.hits = ended.alerts();
      }
      case Measure.Rate _,
          Measure.Share _,
          Measure.Absence _,
          Measure.CoFiring _,
          Measure.Distinct _,
          Measure.Entropy _,
          Measure.Drift _ -> {
        return Optional.empty();
      }
    }
    return rule.isEmpty() || ended.rules().contains(rule.get())
        ? Optional.of(tally)
        : Optional.empty();
  }

  /// The codes of the whole site at each position of a frame, for a baseline.
  List<int[]> positions(ActivationsDecoder frame) {
    for (int site = 0; site < frame.sites(); site++) {
      if (whole.filter(frame.site(site)::equals).isPresent()) {
        int at = site;
        return java.util.stream.IntStream.range(0, frame.positions())
            .mapToObj(position -> codesAt(frame, position, at))
            .toList();
      }
    }
    return List.of();
  }

  private static int[] codesAt(ActivationsDecoder frame, int position, int site) {
    int[] found = new int[frame.slots(site)];
    for (int slot = 0; slot < found.length; slot++) {
      found[slot] = frame.code(position, site, slot);
    }
    return found;
  }

  /// The number, if the tally has one.
  ///
  /// @param lengthMs of the window
  OptionalDouble value(Tally tally, long lengthMs, Optional<Baseline> baseline) {
    return switch (measure) {
      case Measure.Rate _ -> OptionalDouble.of(tally.hits * 1_000.0 / lengthMs);
      case Measure.Share _ -> ratio(tally.hits, tally.activations);
      case Measure.Absence _ -> OptionalDouble.of(tally.hits);
      case Measure.Stops _, Measure.Alerts _ -> ratio(tally.hits, tally.positions);
      case Measure.Divergence _ -> ratio(tally.hits, tally.activations);
      case Measure.Loss _ -> ratio(tally.hits, 1_000_000L * tally.activations);
      case Measure.CoFiring _ -> ratio(tally.both, tally.either);
      case Measure.Distinct _ -> OptionalDouble.of(tally.codes.size());
      case Measure.Entropy _ ->
          OptionalDouble.of(CodeDistribution.entropyNats(tally.counts(tally.codesEnd())));
      case Measure.Drift _ ->
          baseline
              .filter(Baseline::isComplete)
              .map(known -> OptionalDouble.of(known.divergence(tally)))
              .orElse(OptionalDouble.empty());
    };
  }

  private static OptionalDouble ratio(long part, long whole) {
    return whole == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) part / whole);
  }

  /// Whether a value can only grow while its window is open: until then it proves what is above.
  boolean isGrowing() {
    return switch (measure) {
      case Measure.Rate _, Measure.Absence _, Measure.Distinct _ -> true;
      case Measure.Share _,
          Measure.CoFiring _,
          Measure.Entropy _,
          Measure.Drift _,
          Measure.Stops _,
          Measure.Alerts _,
          Measure.Divergence _,
          Measure.Loss _ ->
          false;
    };
  }

  /// Whether it is looked at when a window closes only.
  boolean isOfClosedWindows() {
    return measure instanceof Measure.Drift;
  }
}
