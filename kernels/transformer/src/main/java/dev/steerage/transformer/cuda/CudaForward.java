package dev.steerage.transformer.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.steerage.ops.attention.KvLayout;
import dev.steerage.ops.cuda.CudaDevice;
import dev.steerage.ops.cuda.CudaStream;
import dev.steerage.transformer.forward.CodeLayout;
import dev.steerage.transformer.forward.Forward;
import dev.steerage.transformer.forward.Weights;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.MemorySegment;

/// Forwards on a device. A step copies its table, runs the graph of the smallest number of rows
/// that is enough, and waits for logits. Kernels write ids to memory of the host while later layers
/// are computed.
///
/// Kernels treat a row by itself and in a fixed order, so a row's results depend neither on the
/// other rows nor on the graph. One thread at a time.
public final class CudaForward implements Forward {
  /// Positions of one page of the cache.
  static final int PAGE = KvLayout.TILE;

  private final CudaDevice device;
  private final CodeLayout layout;
  private final int capacity;
  private final int logitsCapacity;
  private final StepMemory memory;
  private final StepTable table;
  private final SteeringWords words;
  private final CudaStream stream;
  private final DeviceMeter meter;
  private final StepTimes times;
  private final StepGraphs graphs;
  private final Steering[] steering;
  private final StepLogits logits;
  private final boolean[] isSteeringNew;
  private final int[] steeringAt;
  private int generation;
  private int rows;

  CudaForward(
      CudaModel model,
      Weights weights,
      int capacity,
      int logitsCapacity,
      int pages,
      int[] pageTable,
      CudaOptions options) {
    this.capacity = capacity;
    this.logitsCapacity = logitsCapacity;
    device = model.device();
    layout = new CodeLayout(weights.sites());
    steering = new Steering[capacity];
    isSteeringNew = new boolean[capacity];
    steeringAt = new int[capacity];
    Opened opened = new Opened();
    try {
      memory =
          opened.add(
              new StepMemory(device, weights, layout, capacity, logitsCapacity, pages, options));
      table = opened.add(new StepTable(device, capacity, logitsCapacity, pageTable));
      words = opened.add(new SteeringWords(device, layout.sites(), options.steeringWords()));
      stream = opened.add(device.stream());
      graphs =
          opened.add(
              new StepGraphs(
                  model,
                  weights,
                  layout,
                  memory,
                  table,
                  options,
                  capacity,
                  logitsCapacity,
                  stream));
      graphs.record(words.address());
      times = opened.add(new StepTimes(device, graphs.any(), options.sampleEvery()));
    } catch (RuntimeException e) {
      opened.close();
      throw e;
    }
    logits = new StepLogits(memory, weights.config().vocabulary(), capacity, logitsCapacity);
    meter =
        new DeviceMeter(
            device, model.bytes(), memory.bytes() + table.bytes() + words.bytes(), times);
    meter.recorded(graphs.count());
  }

  @Override
  public int capacity() {
    return capacity;
  }

  @Override
  public int logitsRoom() {
    return logits.room();
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public void clear() {
    rows = 0;
    logits.clear();
  }

  @Override
  public int add(int token, int position, int pagesFrom, Steering how, boolean wantsLogits) {
    int row = rows++;
    table.row(row, token, position, pagesFrom);
    isSteeringNew[row] = how != steering[row];
    steering[row] = how;
    int logitsRow = logits.add(row, wantsLogits);
    if (wantsLogits) {
      table.logits(logitsRow, row);
    }
    return row;
  }

  @Override
  public void wantsBestOnly(int row) {
    logits.bestOnly(row);
  }

  @Override
  public int best(int row) {
    return logits.best(row);
  }

  @Override
  public float bestLogprob(int row) {
    return logits.bestLogprob(row);
  }

  @Override
  public void run() {
    if (rows == 0) {
      return;
    }
    device.enter();
    steer();
    table.counts(rows, logits.count());
    long began = System.nanoTime();
    table.send(stream);
    words.send(stream);
    boolean isSampled = times.isDue();
    if (isSampled) {
      graphs.run(rows, times);
    } else {
      graphs.run(rows);
    }
    logits.ask(stream);
    stream.await();
    logits.settle(stream);
    meter.step(rows, capacity, System.nanoTime() - began);
    if (isSampled) {
      times.read();
    }
  }

  /// Says in the table where each row's interventions lie. Rows that are steered as they were in
  /// the step before keep their place.
  private void steer() {
    for (int attempt = 0; !trySteer(); attempt++) {
      if (attempt > 0) {
        long all = 0;
        for (int r = 0; r < rows; r++) {
          all += words.words(steering[r]);
        }
        // With room to spare: whoever comes next should not make everything again.
        words.grow(Math.toIntExact(2 * all));
        // They lie somewhere else: everything that points there is made again.
        graphs.record(words.address());
        meter.recorded(graphs.count());
      }
    }
  }

  /// @return false when not all of them fit together, or old ones had to be forgotten meanwhile
  private boolean trySteer() {
    boolean isAllNew = generation != words.generation();
    generation = words.generation();
    for (int r = 0; r < rows; r++) {
      if (isAllNew || isSteeringNew[r]) {
        steeringAt[r] = words.offset(steering[r]);
        if (generation != words.generation()) {
          return false;
        }
        isSteeringNew[r] = false;
        table.steering(r, steeringAt[r]);
      }
    }
    return true;
  }

  @Override
  public MemorySegment logits() {
    return memory.logitsToHost.segment();
  }

  @Override
  public long logitsAt(int row) {
    return logits.at(row);
  }

  @Override
  public int sites() {
    return layout.sites();
  }

  @Override
  public int naturalSlots(int site) {
    return layout.activeCodes(site);
  }

  @Override
  public int natural(int row, int site, int slot) {
    long at = (long) row * layout.naturalSize() + layout.naturalAt(site) + slot;
    return memory.naturalToHost.segment().getAtIndex(JAVA_INT, at);
  }

  @Override
  public int effectiveSlots(int row, int site) {
    SiteSteering at = steering[row].at(site);
    return layout.activeCodes(site) + (at == null ? 0 : at.appends());
  }

  @Override
  public int effective(int row, int site, int slot) {
    if (steering[row].at(site) == null) {
      return natural(row, site, slot);
    }
    long at = (long) row * layout.effectiveSize() + layout.effectiveAt(site) + slot;
    return memory.effectiveToHost.segment().getAtIndex(JAVA_INT, at);
  }

  @Override
  public Steering steering(int row) {
    return steering[row];
  }

  @Override
  public int naturalSize() {
    return layout.naturalSize();
  }

  @Override
  public int naturalStart(int site) {
    return layout.naturalAt(site);
  }

  @Override
  public void copyNatural(int row, int[] to, int at) {
    int size = layout.naturalSize();
    long from = (long) row * size * Integer.BYTES;
    MemorySegment.copy(memory.naturalToHost.segment(), JAVA_INT, from, to, at, size);
  }

  @Override
  public int effectiveSize() {
    return layout.effectiveSize();
  }

  @Override
  public int effectiveStart(int site) {
    return layout.effectiveAt(site);
  }

  @Override
  public void copyEffective(int row, int[] to, int at, int[] slots, int slotsAt) {
    int size = layout.effectiveSize();
    long from = (long) row * size * Integer.BYTES;
    MemorySegment.copy(memory.effectiveToHost.segment(), JAVA_INT, from, to, at, size);
    for (int site = 0; site < layout.sites(); site++) {
      boolean isSteered = steering[row].at(site) != null;
      slots[slotsAt + site] = isSteered ? effectiveSlots(row, site) : 0;
    }
  }

  /// How often each natural code of a site was chosen, counted on the device.
  public void histogram(int site, MemorySegment to) {
    memory.device().get(memory.histogram + memory.histogramAt[site] * Integer.BYTES, to);
  }

  /// Milliseconds of the snaps of all heads for as many rows as the last step had; see
  /// [StepGraphs#snapMs].
  public double snapMs(int rounds) {
    device.enter();
    return graphs.snapMs(rows, rounds, words.address());
  }

  /// What it did and what it takes; may be read by any thread.
  public DeviceMeter meter() {
    return meter;
  }

  @Override
  public void close() {
    device.enter();
    graphs.close();
    times.close();
    stream.close();
    words.close();
    table.close();
    memory.close();
  }
}
