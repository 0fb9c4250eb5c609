package dev.steerage.gateway.state;

import dev.steerage.gateway.event.LogRecord;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.message.RuleAck.SubjectKind;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/// What workers said about rules, concepts and commands lately. Bounded. Thread-safe.
public final class Acks {
  private static final int ANSWERS = 4_096;
  private static final int RULES = 2_048;
  private static final int EFFECTS = 256;

  private final Map<Key, RuleAck> answers = eldestOut(ANSWERS);
  private final Map<String, Deque<Effect>> effects = eldestOut(RULES);

  /// What an answer is about: a record of the rule log by its offset, a command by its id.
  private record Key(boolean isCommand, String subject, long revision) {
    static Key of(RuleAck ack) {
      return ack.subjectKind() == SubjectKind.COMMAND
          ? command(ack.subject())
          : change(ack.revision());
    }

    static Key command(String id) {
      return new Key(true, id, 0);
    }

    static Key change(long revision) {
      return new Key(false, "", revision);
    }
  }

  /// A request that a rule acted on.
  ///
  /// @param appliedAt index of the first token that it affected
  /// @param expiredAt index of the first that it no longer affected
  public record Effect(
      String request, int appliedAt, OptionalInt expiredAt, long revision, long atMs) {}

  private static <K, V> Map<K, V> eldestOut(int limit) {
    return new LinkedHashMap<>() {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > limit;
      }
    };
  }

  /// Hears an acknowledgement.
  public synchronized void observe(LogRecord<RuleAck> record) {
    record
        .value()
        .ifPresent(
            ack -> {
              switch (ack.kind()) {
                case ACCEPTED, REFUSED -> {
                  answers.putIfAbsent(Key.of(ack), ack);
                  notifyAll();
                }
                case APPLIED -> {
                  // A command is answered by its first effect.
                  if (ack.subjectKind() == SubjectKind.COMMAND) {
                    answers.putIfAbsent(Key.of(ack), ack);
                    notifyAll();
                  }
                  applied(ack, record.timeMs());
                }
                case EXPIRED -> expired(ack);
              }
            });
  }

  private void applied(RuleAck ack, long atMs) {
    if (ack.request().isEmpty()) {
      return;
    }
    Deque<Effect> known = effects.computeIfAbsent(ack.subject(), _ -> new ArrayDeque<>());
    known.addFirst(
        new Effect(
            ack.request().get(),
            ack.tokenIndex().orElse(0),
            OptionalInt.empty(),
            ack.revision(),
            atMs));
    if (known.size() > EFFECTS) {
      known.removeLast();
    }
  }

  private void expired(RuleAck ack) {
    Deque<Effect> known = effects.getOrDefault(ack.subject(), new ArrayDeque<>());
    Deque<Effect> changed = new ArrayDeque<>();
    for (Effect effect : known) {
      boolean isIt = ack.request().filter(effect.request()::equals).isPresent();
      changed.add(
          isIt && effect.expiredAt().isEmpty()
              ? new Effect(
                  effect.request(),
                  effect.appliedAt(),
                  ack.tokenIndex(),
                  effect.revision(),
                  effect.atMs())
              : effect);
    }
    if (!known.isEmpty()) {
      effects.put(ack.subject(), changed);
    }
  }

  /// The answer to a change of the rule log, once there is one.
  public Optional<RuleAck> awaitChange(long revision, Duration limit) throws InterruptedException {
    return await(Key.change(revision), limit);
  }

  /// The answer to a command, once there is one.
  public Optional<RuleAck> awaitCommand(String command, Duration limit)
      throws InterruptedException {
    return await(Key.command(command), limit);
  }

  private synchronized Optional<RuleAck> await(Key key, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    while (!answers.containsKey(key)) {
      long leftMs = (end - System.nanoTime()) / 1_000_000;
      if (leftMs <= 0) {
        return Optional.empty();
      }
      wait(leftMs);
    }
    return Optional.of(answers.get(key));
  }

  /// What was said about a change, if it is still known.
  public synchronized Optional<RuleAck> ofChange(long revision) {
    return Optional.ofNullable(answers.get(Key.change(revision)));
  }

  /// Requests that a rule acted on, newest first.
  public synchronized List<Effect> effects(String rule, int most) {
    return effects.getOrDefault(rule, new ArrayDeque<>()).stream().limit(most).toList();
  }

  /// Rules with effects, for tests.
  synchronized List<String> rules() {
    return new ArrayList<>(effects.keySet());
  }
}
