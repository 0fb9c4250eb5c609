package dev.steerage.domain.steering;

import dev.steerage.domain.rule.Match;
import dev.steerage.domain.rule.Rule;
import java.nio.charset.StandardCharsets;

/// Which requests a rule matches. The draw of `percent` depends on the rule id and the session (or
/// request) only, so raising it keeps everybody who was in.
public final class Share {
  private static final int PARTS = 10_000;

  private Share() {}

  /// Whether a rule of the log may act on the request.
  public static boolean matchesStanding(Rule rule, RequestFacts facts) {
    return (facts.standingRules() || rule.match().mandatory()) && matches(rule, facts);
  }

  /// Whether all of `match` holds.
  public static boolean matches(Rule rule, RequestFacts facts) {
    Match match = rule.match();
    if (match.request().isPresent() && !match.request().get().equals(facts.request())) {
      return false;
    }
    if (match.session().isPresent() && !match.session().equals(facts.session())) {
      return false;
    }
    for (var label : match.labels().entrySet()) {
      if (!label.getValue().equals(facts.labels().get(label.getKey()))) {
        return false;
      }
    }
    return match.percent() == 100 || draw(rule.id(), facts.drawnBy()) < limit(rule);
  }

  /// A number below 10,000 that is the same on every machine: 64-bit FNV-1a over the UTF-8 bytes of
  /// the rule id, a zero byte and `member`, finished with the 64-bit mix of MurmurHash3.
  public static int draw(String rule, String member) {
    return draw(seed(rule), member.getBytes(StandardCharsets.UTF_8));
  }

  /// Whether a member is in a share that grows by those who join: the same on every machine.
  ///
  /// @param by what the draw is for
  public static boolean isDrawn(String by, String member, double percent) {
    return draw(by, member) < percent * (PARTS / 100);
  }

  /// What is drawn has to be below this.
  static long limit(Rule rule) {
    return Math.round(rule.match().percent() * (PARTS / 100));
  }

  /// The part of a draw that depends on the rule alone.
  static long seed(String rule) {
    return fnv(0xCBF29CE484222325L, rule.getBytes(StandardCharsets.UTF_8)) * 0x100000001B3L;
  }

  /// The draw of a member by its UTF-8 bytes.
  static int draw(long seed, byte[] member) {
    long hash = fnv(seed, member);
    hash ^= hash >>> 33;
    hash *= 0xFF51AFD7ED558CCDL;
    hash ^= hash >>> 33;
    hash *= 0xC4CEB9FE1A85EC53L;
    hash ^= hash >>> 33;
    return (int) Long.remainderUnsigned(hash, PARTS);
  }

  private static long fnv(long seed, byte[] text) {
    long hash = seed;
    for (byte b : text) {
      hash = (hash ^ (b & 0xFF)) * 0x100000001B3L;
    }
    return hash;
  }
}
