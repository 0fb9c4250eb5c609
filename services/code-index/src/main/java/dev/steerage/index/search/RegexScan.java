package dev.steerage.index.search;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.steerage.index.corpus.Segment;
import dev.steerage.schemas.index.LookupException;
import dev.steerage.schemas.index.LookupException.Reason;
import java.util.BitSet;
import java.util.Optional;
import java.util.function.IntConsumer;

/// Finds matches of an RE2 pattern, from left to right without overlap, and marks the token in
/// which group 1 begins (without groups: the match). Matches whose group is empty mark nothing.
///
/// Texts are bytes from here on, so that a character of several bytes shifts nothing.
final class RegexScan implements Scan {
  /// Places of the automaton that a pattern may need: repeats multiply.
  private static final long MOST_PLACES = 20_000;

  private final Pattern pattern;
  private final Optional<PatternNode> node;
  private final Optional<StartFilter> starts;
  private final int group;

  private final Optional<Program> program;

  private RegexScan(Pattern pattern, Optional<PatternNode> node, Optional<Program> program) {
    this.pattern = pattern;
    this.program = program;
    this.node = node;
    starts = node.flatMap(StartFilter::of);
    group = Math.min(1, pattern.groupCount());
  }

  /// Compiles a pattern.
  ///
  /// @throws LookupException if it is none or too large
  static RegexScan of(String text) {
    Optional<PatternNode> node;
    try {
      node = PatternParser.parse(text);
    } catch (IndexOutOfBoundsException e) {
      node = Optional.empty();
    }
    long places = node.map(PatternNode::size).orElseGet(() -> places(text));
    if (places > MOST_PLACES) {
      throw new LookupException(
          Reason.BAD_QUERY, "pattern: places=" + places + ", limit=" + MOST_PLACES);
    }
    try {
      return new RegexScan(Pattern.compile(text), node, ProgramParser.parse(text));
    } catch (PatternSyntaxException e) {
      throw new LookupException(
          Reason.BAD_QUERY, "pattern: " + e.getDescription() + ": '" + e.getPattern() + "'", e);
    }
  }

  /// An upper bound for patterns whose syntax is not known here.
  private static long places(String text) {
    long product = text.length();
    var repeats = Pattern.compile("\\{(\\d+,)?(\\d+),?\\}").matcher(text);
    while (repeats.find() && product <= MOST_PLACES) {
      product *= Math.max(1, Long.parseLong(repeats.group(2)));
    }
    return product;
  }

  @Override
  public Optional<BitSet> documents(Segment segment) {
    return node.flatMap(known -> LiteralFilter.documents(known, segment.trigrams()));
  }

  @Override
  public void scan(Segment segment, int document, Sink sink) {
    byte[] text = segment.text(document);
    Optional<BitSet> candidates = starts.map(filter -> filter.starts(text));
    int at = next(candidates, 0, text.length);
    if (program.isPresent() && at >= 0 && isAscii(text)) {
      at = run(program.get(), text, candidates, at, mark(segment, document, sink));
    }
    Matcher matcher = null;
    while (at >= 0) {
      if (matcher == null) {
        matcher = pattern.matcher(text);
      }
      if (!matcher.find(at)) {
        return;
      }
      if (matcher.end(group) > matcher.start(group)) {
        sink.marked(segment.positionAt(document, matcher.start(group)));
      }
      // An empty match is passed over.
      at = next(candidates, Math.max(matcher.end(), at + 1), text.length);
    }
  }

  private static boolean isAscii(byte[] text) {
    int all = 0;
    for (byte each : text) {
      all |= each;
    }
    return all >= 0;
  }

  private static IntConsumer mark(Segment segment, int document, Sink sink) {
    return offset -> sink.marked(segment.positionAt(document, offset));
  }

  /// Finds matches by the pattern's program; the place from which on the library has to, or -1.
  private static int run(
      Program program, byte[] text, Optional<BitSet> candidates, int from, IntConsumer mark) {
    int at = from;
    while (at >= 0) {
      switch (program.matches(text, at)) {
        case GIVEN_UP -> {
          return at;
        }
        case NO_MATCH -> at = next(candidates, at + 1, text.length);
        case MATCH -> {
          if (program.markEnd() > program.markBegin()) {
            mark.accept(program.markBegin());
          }
          at = next(candidates, Math.max(program.end(), at + 1), text.length);
        }
      }
    }
    return at;
  }

  private static int next(Optional<BitSet> candidates, int from, int length) {
    return candidates.map(starts -> starts.nextSetBit(from)).orElse(from < length ? from : -1);
  }

  @Override
  public Scan copy() {
    return new RegexScan(pattern, node, program.map(Program::copy));
  }
}
