package dev.steerage.index.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.index.Frames;
import dev.steerage.index.Frames.Message;
import dev.steerage.index.Frames.Place;
import dev.steerage.schemas.index.CodeContexts;
import dev.steerage.schemas.index.SiteRefs;
import dev.steerage.testkit.ForAll;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/// The index beside the plain procedure: write down every firing, then sort.
class PlainCountTest {
  private static final long MLP = SiteRefs.key(Frames.SHAPE.sites().get(1).site());
  private static final int RECENT = 3;
  private static final int SAMPLE = 2;

  /// One firing of an MLP code.
  private record Firing(Origin origin, String request, int position, int token) {
    int hash() {
      return ContextStore.hash(request, position);
    }

    String name() {
      return request + "@" + position;
    }
  }

  private record Log(List<Origin> origins, List<Message> messages) {}

  private static Log log(RandomGenerator random, int records) {
    var log = new Log(new ArrayList<>(), new ArrayList<>());
    long[] next = new long[3];
    for (int i = 0; i < records; i++) {
      int partition = random.nextInt(3);
      // Many of the same time, so that offsets and partitions decide.
      log.origins.add(new Origin(1_000 + random.nextInt(5), next[partition]++, partition));
      List<Place> places = Frames.places(random, 1 + random.nextInt(6));
      log.messages.add(new Message("acme", "r-" + i, 1, 0, places));
    }
    return log;
  }

  private static CodeIndex index(IndexLimits limits) {
    var index = new CodeIndex(limits, new IndexMetrics());
    index.modelSeen(Frames.model());
    return index;
  }

  private static void commit(CodeIndex index, Message message, Origin origin) {
    var reader = new BatchReader(index);
    byte[] bytes = message.encode();
    assertThat(reader.read(new UnsafeBuffer(bytes), 0, bytes.length)).isEmpty();
    index.committed("acme", reader.model(), reader.batch(), origin);
  }

  private static CodeContexts ask(CodeIndex index, int code) {
    return new Lookups(index).contexts("acme", Frames.MODEL, MLP, code, 100);
  }

  private static List<String> names(CodeContexts answer) {
    return answer.contexts().stream().map(each -> each.request() + "@" + each.position()).toList();
  }

  @Test
  void shouldKnowOfEachCodeWhatAPlainListOfFiringsSaysInWhateverOrderRecordsCome() {
    ForAll.cases(40)
        .check(
            random -> {
              var index = index(IndexLimits.defaults().withContexts(4_000, RECENT + SAMPLE));
              Map<Integer, List<Firing>> plain = new HashMap<>();
              Log log = log(random, 120);
              for (int i = 0; i < log.messages.size(); i++) {
                commit(index, log.messages.get(i), log.origins.get(i));
                write(log.messages.get(i), log.origins.get(i), plain);
              }
              plain.forEach((code, firings) -> compare(index, code, firings));
            });
  }

  private static void write(Message message, Origin origin, Map<Integer, List<Firing>> plain) {
    for (int i = 0; i < message.places().size(); i++) {
      Place place = message.places().get(i);
      plain
          .computeIfAbsent(place.codes()[3], _ -> new ArrayList<>())
          .add(new Firing(origin, message.request(), i, place.token()));
    }
  }

  private static void compare(CodeIndex index, int code, List<Firing> firings) {
    var view = new CountsView();
    new Lookups(index).counts("acme", Frames.MODEL, MLP, code, view);
    assertThat(view.firings()).isEqualTo(firings.size());
    Comparator<Firing> latest =
        Comparator.comparing(Firing::origin).thenComparing(Firing::position).reversed();
    List<Firing> sorted = firings.stream().sorted(latest).toList();
    List<Firing> shown = new ArrayList<>(sorted.subList(0, Math.min(RECENT, sorted.size())));
    sorted.stream()
        .skip(RECENT)
        .sorted(Comparator.comparingInt(Firing::hash))
        .limit(SAMPLE)
        .sorted(latest)
        .forEach(shown::add);
    CodeContexts answer = ask(index, code);
    assertThat(names(answer)).isEqualTo(shown.stream().map(Firing::name).toList());
    // An upper bound, too high by at most what is said.
    for (CodeContexts.FiredOn each : answer.firedOn()) {
      long exact = firings.stream().filter(firing -> firing.token() == each.token()).count();
      assertThat(exact).isBetween(each.firings() - each.over(), each.firings());
    }
  }

  @Test
  void shouldAnswerTheSameWhenNumbersOfWindowsBeganAgain() {
    ForAll.cases(5)
        .check(
            random -> {
              IndexLimits small = IndexLimits.defaults().withContexts(60, RECENT + SAMPLE);
              CodeIndex straight = index(small);
              CodeIndex renumbered = index(small);
              Log log = log(random, 200);
              int highest = 0;
              for (int i = 0; i < log.messages.size(); i++) {
                Message message = log.messages.get(i);
                commit(straight, message, log.origins.get(i));
                PositionStore positions = renumbered.positions();
                positions.contexts().renumber(6, 100, positions.traces().all());
                commit(renumbered, message, log.origins.get(i));
                highest = Math.max(highest, positions.windows().next());
              }

              assertThat(highest).isLessThanOrEqualTo(100);
              assertThat(straight.positions().windows().next()).isGreaterThan(300);
              for (int code = 0; code < 1_000; code += 50) {
                assertThat(ask(renumbered, code)).isEqualTo(ask(straight, code));
              }
            });
  }
}
