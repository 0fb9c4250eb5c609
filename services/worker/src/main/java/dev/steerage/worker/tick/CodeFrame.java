package dev.steerage.worker.tick;

import java.util.Arrays;

/// The codes of a run of positions of one request, at every site.
///
/// `natural` is row-major `[position, site, slot]`; the slots of a site begin at [Layout#offset].
/// Written once by the decode thread, read-only afterwards.
public final class CodeFrame {
  private final Layout layout;
  private final int firstPosition;
  private int positions;
  private int[] natural;
  private int[] tokens;
  private int[] written = new int[0];
  private int writes;

  public CodeFrame(Layout layout, int firstPosition, int positionsExpected) {
    this.layout = layout;
    this.firstPosition = firstPosition;
    this.natural = new int[Math.max(1, positionsExpected) * layout.slots()];
    this.tokens = new int[Math.max(1, positionsExpected)];
  }

  /// Makes room for one more position.
  ///
  /// @param token the token read there
  /// @return where its codes begin in [#natural]
  public int addPosition(int token) {
    if (tokens.length == positions) {
      tokens = Arrays.copyOf(tokens, 2 * positions);
    }
    tokens[positions] = token;
    int start = positions * layout.slots();
    if (natural.length < start + layout.slots()) {
      natural = Arrays.copyOf(natural, Math.max(natural.length * 2, start + layout.slots()));
    }
    positions++;
    return start;
  }

  /// Notes that the last position's slot held another code than the natural one.
  ///
  /// @param effective the code that went on, or -1 for none
  /// @param rule index of the rule in the request's list of acting rules, or -1
  public void addWrite(int site, int slot, int effective, int rule) {
    if (written.length < (writes + 1) * WRITE_INTS) {
      written = Arrays.copyOf(written, Math.max(32, written.length * 2));
    }
    int at = writes++ * WRITE_INTS;
    written[at] = positions - 1;
    written[at + 1] = site;
    written[at + 2] = slot;
    written[at + 3] = effective;
    written[at + 4] = rule;
  }

  private static final int WRITE_INTS = 5;

  public Layout layout() {
    return layout;
  }

  public int firstPosition() {
    return firstPosition;
  }

  public int positions() {
    return positions;
  }

  /// The backing array: callers write through it only right after [#addPosition].
  public int[] natural() {
    return natural;
  }

  /// The token read at a position, relative to [#firstPosition].
  public int token(int position) {
    return tokens[position];
  }

  public int natural(int position, int site, int slot) {
    return natural[position * layout.slots() + layout.offset(site) + slot];
  }

  public int writes() {
    return writes;
  }

  /// Position of a write, relative to [#firstPosition].
  public int writePosition(int i) {
    return written[i * WRITE_INTS];
  }

  public int writeSite(int i) {
    return written[i * WRITE_INTS + 1];
  }

  public int writeSlot(int i) {
    return written[i * WRITE_INTS + 2];
  }

  /// The effective code, or -1.
  public int writeCode(int i) {
    return written[i * WRITE_INTS + 3];
  }

  public int writeRule(int i) {
    return written[i * WRITE_INTS + 4];
  }

  /// Rough size in bytes.
  public int bytes() {
    return 4 * (positions * layout.slots() + writes * WRITE_INTS);
  }

  /// How the codes of one position lie in an array.
  public static final class Layout {
    private final int[] offsets;

    /// @param activeCodes k of every site, in site order
    public Layout(int[] activeCodes) {
      offsets = new int[activeCodes.length + 1];
      for (int site = 0; site < activeCodes.length; site++) {
        offsets[site + 1] = offsets[site] + activeCodes[site];
      }
    }

    public int sites() {
      return offsets.length - 1;
    }

    /// Slots of one position, all sites together.
    public int slots() {
      return offsets[offsets.length - 1];
    }

    public int offset(int site) {
      return offsets[site];
    }

    /// Slots of a site: its k.
    public int activeCodes(int site) {
      return offsets[site + 1] - offsets[site];
    }
  }
}
