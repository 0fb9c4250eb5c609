package dev.steerage.statistics.window;

import dev.steerage.schemas.sbe.HistogramDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/// Counts of one site: what came in since the last change was written, and its windows.
///
/// A histogram only adds to `pending`; windows are brought up to date when the pending counts are
/// folded in. That keeps the cost of one (code, count) at one addition however many window sizes
/// there are, and makes the pending counts the change that is logged.
final class SiteCounts {
  private final WindowPlan plan;
  private SiteHead head;
  private int[] pending;

  /// One bit for each code with a pending count: the pending codes in ascending order for free.
  private long[] touched;

  private long pendingPositions;
  private long pendingNatural;
  private long pendingSteered;

  /// One list for each window size, each ascending by start and two or three windows long.
  private final List<List<Window>> windows = new ArrayList<>();

  SiteCounts(WindowPlan plan, SiteHead head) {
    this.plan = plan;
    this.head = head;
    pending = new int[head.codes()];
    touched = new long[words(head.codes())];
    plan.sizesMs().forEach(_ -> windows.add(new ArrayList<>()));
  }

  /// Bytes of counts that a site holds when every window size has an open and a previous window.
  static long bytes(WindowPlan plan, int codes) {
    return (long) codes * Integer.BYTES * (1 + 2 * plan.sizesMs().size())
        + words(codes) * (long) Long.BYTES;
  }

  private static int words(int codes) {
    return (codes + Long.SIZE - 1) / Long.SIZE;
  }

  SiteHead head() {
    return head;
  }

  List<List<Window>> windows() {
    return windows;
  }

  /// A newer model of the same name may have another codebook; ids keep their places.
  void describe(SiteHead newer) {
    int codes = Math.max(head.codes(), newer.codes());
    if (codes > head.codes()) {
      pending = Arrays.copyOf(pending, codes);
      touched = Arrays.copyOf(touched, words(codes));
      windows.forEach(
          list -> list.forEach(window -> window.counts = Arrays.copyOf(window.counts, codes)));
    }
    head = new SiteHead(newer.index(), newer.site(), codes, newer.slots());
  }

  /// Adds one site of a record to what is pending.
  void add(HistogramDecoder record, int site) {
    record.addTo(site, pending, touched);
    pendingPositions += record.positions();
    pendingNatural += record.natural(site);
    pendingSteered += record.steered(site);
  }

  /// Adds what was read from the changelog to what is pending.
  void add(ChangeReader reader, ChangeSection.Head section) {
    ChangeSection.readCounts(
        reader,
        section,
        (code, count) -> {
          pending[code] += count;
          touched[code >> 6] |= 1L << code;
        });
    pendingPositions += section.totals().positions();
    pendingNatural += section.totals().natural();
    pendingSteered += section.totals().steered();
  }

  boolean hasPending() {
    return pendingPositions != 0 || pendingNatural != 0 || pendingSteered != 0;
  }

  /// Activations of the largest window that holds a time, pending ones included.
  long naturalAt(long timeMs) {
    Window window = find(windows.size() - 1, timeMs);
    return pendingNatural + (window == null ? 0 : window.natural);
  }

  void writePending(ChangeWriter writer) {
    ChangeSection.write(
        writer,
        head,
        false,
        new ChangeSection.Totals(pendingPositions, pendingNatural, pendingSteered),
        pending,
        touched);
  }

  /// Moves what is pending into the windows that hold a pane.
  void fold(long paneMs) {
    if (!hasPending()) {
      return;
    }
    int[][] targets = new int[windows.size()][];
    for (int size = 0; size < targets.length; size++) {
      Window window = open(size, paneMs);
      window.positions += pendingPositions;
      window.natural += pendingNatural;
      window.steered += pendingSteered;
      window.changed = true;
      targets[size] = window.counts;
    }
    for (int word = 0; word < touched.length; word++) {
      for (long bits = touched[word]; bits != 0; bits &= bits - 1) {
        int code = (word << 6) + Long.numberOfTrailingZeros(bits);
        int count = pending[code];
        pending[code] = 0;
        for (int[] target : targets) {
          target[code] += count;
        }
      }
      touched[word] = 0;
    }
    pendingPositions = 0;
    pendingNatural = 0;
    pendingSteered = 0;
  }

  /// Writes all of a pane, if the site has counts in it.
  boolean writePane(long paneMs, ChangeWriter writer) {
    Window window = find(0, paneMs);
    if (window == null) {
      return false;
    }
    long[] present = new long[words(window.counts.length)];
    for (int code = 0; code < window.counts.length; code++) {
      if (window.counts[code] != 0) {
        present[code >> 6] |= 1L << code;
      }
    }
    ChangeSection.write(
        writer,
        head,
        true,
        new ChangeSection.Totals(window.positions, window.natural, window.steered),
        window.counts,
        present);
    return true;
  }

  /// Takes back what a pane holds, before its whole is restored.
  void clearPane(long paneMs) {
    Window pane = find(0, paneMs);
    if (pane == null) {
      return;
    }
    for (int size = windows.size() - 1; size >= 0; size--) {
      Window window = open(size, paneMs);
      window.positions -= pane.positions;
      window.natural -= pane.natural;
      window.steered -= pane.steered;
      for (int code = 0; code < window.counts.length; code++) {
        window.counts[code] -= pane.counts[code];
      }
    }
  }

  /// The window of a size that holds a time, if there is one.
  Window find(int size, long timeMs) {
    long start = WindowPlan.start(timeMs, plan.sizesMs().get(size));
    for (Window window : windows.get(size)) {
      if (window.startMs == start) {
        return window;
      }
    }
    return null;
  }

  /// The window just before another, if it is still held.
  Window before(int size, Window window) {
    return find(size, window.startMs - plan.sizesMs().get(size));
  }

  private Window open(int size, long timeMs) {
    Window found = find(size, timeMs);
    if (found != null) {
      return found;
    }
    Window opened = new Window(WindowPlan.start(timeMs, plan.sizesMs().get(size)), head.codes());
    List<Window> list = windows.get(size);
    int at = list.size();
    while (at > 0 && list.get(at - 1).startMs > opened.startMs) {
      at--;
    }
    list.add(at, opened);
    return opened;
  }

  /// Forgets closed windows that no open window is compared with any more.
  ///
  /// @return whether nothing is left
  boolean drop(long streamTimeMs) {
    boolean empty = !hasPending();
    for (int size = 0; size < windows.size(); size++) {
      long sizeMs = plan.sizesMs().get(size);
      Iterator<Window> each = windows.get(size).iterator();
      while (each.hasNext()) {
        Window window = each.next();
        if (window.closed && plan.droppedAt(window.startMs, sizeMs) <= streamTimeMs) {
          each.remove();
        }
      }
      empty &= windows.get(size).isEmpty();
    }
    return empty;
  }

  /// When the next window closes or is dropped.
  long dueMs() {
    long due = Long.MAX_VALUE;
    for (int size = 0; size < windows.size(); size++) {
      long sizeMs = plan.sizesMs().get(size);
      for (Window window : windows.get(size)) {
        due =
            Math.min(
                due,
                window.closed
                    ? plan.droppedAt(window.startMs, sizeMs)
                    : plan.closesAt(window.startMs, sizeMs));
      }
    }
    return due;
  }
}
