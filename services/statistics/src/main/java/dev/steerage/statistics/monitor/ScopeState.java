package dev.steerage.statistics.monitor;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;

/// The windows and the edge of one request, session, label value or tenant.
final class ScopeState {
  /// No edge yet.
  static final long NEVER = Long.MIN_VALUE / 2;

  /// A stretch of event time: windows are sums of them.
  record Pane(long startMs, Tally tally) {}

  final Deque<Pane> panes = new ArrayDeque<>();
  boolean raised;
  long lastEdgeMs = NEVER;
  long lastSeenMs;

  /// When the next window closes.
  long nextCloseMs = Long.MAX_VALUE;

  Tally sum(long fromMs) {
    Tally sum = new Tally();
    for (Pane pane : panes) {
      if (pane.startMs() >= fromMs) {
        sum.add(pane.tally());
      }
    }
    return sum;
  }

  void write(DataOutput out) throws IOException {
    out.writeBoolean(raised);
    out.writeLong(lastEdgeMs);
    out.writeLong(lastSeenMs);
    out.writeLong(nextCloseMs);
    out.writeInt(panes.size());
    for (Pane pane : panes) {
      out.writeLong(pane.startMs());
      pane.tally().write(out);
    }
  }

  static ScopeState read(DataInput in) throws IOException {
    ScopeState state = new ScopeState();
    state.raised = in.readBoolean();
    state.lastEdgeMs = in.readLong();
    state.lastSeenMs = in.readLong();
    state.nextCloseMs = in.readLong();
    int panes = in.readInt();
    for (int i = 0; i < panes; i++) {
      state.panes.addLast(new Pane(in.readLong(), Tally.read(in)));
    }
    return state;
  }
}
