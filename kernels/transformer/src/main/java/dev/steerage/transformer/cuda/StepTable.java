package dev.steerage.transformer.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.steerage.ops.cuda.CudaDevice;
import dev.steerage.ops.cuda.CudaStream;
import dev.steerage.ops.cuda.DeviceMemory;
import dev.steerage.ops.cuda.PinnedMemory;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// What differs from step to step, in one piece of memory that is copied to the device before a
/// step: how many rows, and per row token, position, pages, interventions. Graphs point to it, so
/// that they never have to be made again.
///
/// ```text
/// ints   rows, logits rows, 14 unused | token | position | pages from | steering at | histogram at
///        | row of each logits row | page table
/// ```
final class StepTable implements AutoCloseable {
  private static final int HEADER = 16;

  /// Arrays begin at multiples of sixteen bytes.
  private static final int ALIGN = 4;

  private final int token;
  private final int position;
  private final int pagesFrom;
  private final int steeringAt;
  private final int histogramAt;
  private final int logitsOf;
  private final int pageTable;
  private final int[] pages;
  private final int[] pagesSent;
  private final PinnedMemory host;
  private final MemorySegment ints;
  private final DeviceMemory device;
  private boolean arePagesNew = true;

  StepTable(CudaDevice on, int capacity, int logitsCapacity, int[] pages) {
    int rows = DeviceShapes.up(capacity, ALIGN);
    token = HEADER;
    position = token + rows;
    pagesFrom = position + rows;
    steeringAt = pagesFrom + rows;
    histogramAt = steeringAt + rows;
    logitsOf = histogramAt + rows;
    pageTable = logitsOf + DeviceShapes.up(logitsCapacity, ALIGN);
    this.pages = pages;
    pagesSent = new int[pages.length];
    long bytes = (long) (pageTable + pages.length) * Integer.BYTES;
    device = on.allocate("table of a step", bytes);
    try {
      host = on.pinned("table of a step", bytes);
    } catch (RuntimeException e) {
      device.close();
      throw e;
    }
    ints = host.segment();
  }

  long bytes() {
    return device.bytes();
  }

  void row(int row, int newToken, int newPosition, int newPagesFrom) {
    set(token + row, newToken);
    set(position + row, newPosition);
    set(pagesFrom + row, newPagesFrom);
    // The pages of this row's sequence, up to its position.
    int limit = newPagesFrom + newPosition / CudaForward.PAGE + 1;
    int different = Arrays.mismatch(pages, newPagesFrom, limit, pagesSent, newPagesFrom, limit);
    if (different >= 0) {
      for (int i = newPagesFrom + different; i < limit; i++) {
        pagesSent[i] = pages[i];
        set(pageTable + i, pages[i]);
      }
      arePagesNew = true;
    }
  }

  int tokenOf(int row) {
    return ints.getAtIndex(JAVA_INT, token + row);
  }

  void steering(int row, int at) {
    set(steeringAt + row, at);
  }

  void histogram(int row, int at) {
    set(histogramAt + row, at);
  }

  void logits(int logitsRow, int row) {
    set(logitsOf + logitsRow, row);
  }

  void counts(int rows, int logitsRows) {
    set(0, rows);
    set(1, logitsRows);
  }

  void send(CudaStream stream) {
    int words = arePagesNew ? pageTable + pages.length : pageTable;
    stream.toDevice(device.address(), host, 0, (long) words * Integer.BYTES);
    arePagesNew = false;
  }

  // Where the arrays are on the device.

  long rowCount() {
    return device.address();
  }

  long logitsCount() {
    return device.address() + Integer.BYTES;
  }

  long token() {
    return at(token);
  }

  long position() {
    return at(position);
  }

  long pagesFrom() {
    return at(pagesFrom);
  }

  long steeringAt() {
    return at(steeringAt);
  }

  long histogramAt() {
    return at(histogramAt);
  }

  long logitsOf() {
    return at(logitsOf);
  }

  long pageTable() {
    return at(pageTable);
  }

  private long at(int index) {
    return device.address() + (long) index * Integer.BYTES;
  }

  private void set(int index, int value) {
    ints.setAtIndex(JAVA_INT, index, value);
  }

  @Override
  public void close() {
    device.close();
    host.close();
  }
}
