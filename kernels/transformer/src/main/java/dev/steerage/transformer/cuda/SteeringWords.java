package dev.steerage.transformer.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.steerage.ops.cuda.CudaDevice;
import dev.steerage.ops.cuda.CudaStream;
import dev.steerage.ops.cuda.DeviceMemory;
import dev.steerage.ops.cuda.PinnedMemory;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.Steering;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/// Interventions on the device. A [Steering] is written once and stays there while there is room,
/// so that a step of requests whose rules did not change brings none of it.
///
/// ```text
/// a record   per site: words from the record's beginning to the site's, or 0
/// of a site  bans, ablations, writes, appends, disableTop, then the codes banned (ascending), the
///            codes ablated, code and slot of each write, the codes appended
/// ```
final class SteeringWords implements AutoCloseable {
  /// No record.
  static final int NONE = -1;

  private static final int SITE_HEADER = 5;

  /// Records that are remembered at a time.
  private static final int RECORDS = 1 << 16;

  private final CudaDevice device;
  private final int sites;
  private final Map<Steering, Integer> known = new HashMap<>();
  private PinnedMemory host;
  private MemorySegment ints;
  private DeviceMemory memory;
  private int capacity;
  private int used;
  private int sent;
  private int generation;

  SteeringWords(CudaDevice device, int sites, int words) {
    this.device = device;
    this.sites = sites;
    allocate(words);
  }

  private void allocate(int words) {
    long bytes = (long) words * Integer.BYTES;
    DeviceMemory newMemory = device.allocate("interventions", bytes);
    try {
      host = device.pinned("interventions", bytes);
    } catch (RuntimeException e) {
      newMemory.close();
      throw e;
    }
    ints = host.segment();
    memory = newMemory;
    capacity = words;
  }

  long address() {
    return memory.address();
  }

  long bytes() {
    return memory.bytes();
  }

  /// Changes whenever offsets given before no longer hold.
  int generation() {
    return generation;
  }

  /// Words from the beginning to the record of these interventions; [#NONE] where there are none.
  /// Where it does not fit, everything is forgotten first: then [#generation] changes.
  ///
  /// @return less than [#NONE] = it does not fit even alone, see [#grow]
  int offset(Steering steering) {
    if (steering.isEmpty()) {
      return NONE;
    }
    Integer at = known.get(steering);
    if (at != null) {
      return at;
    }
    int words = words(steering);
    if (words > capacity - used || known.size() == RECORDS) {
      forget();
      if (words > capacity) {
        return NONE - 1;
      }
    }
    int offset = used;
    write(steering, offset);
    used += words;
    known.put(steering, offset);
    return offset;
  }

  private void forget() {
    known.clear();
    used = 0;
    sent = 0;
    generation++;
  }

  /// Makes room for at least twice as much. The old memory must not be in use.
  ///
  /// @throws dev.steerage.ops.cuda.DeviceMemoryException if there is no more; then all stays as it
  ///   was
  void grow(int least) {
    DeviceMemory oldMemory = memory;
    PinnedMemory oldHost = host;
    allocate(Math.max(least, Math.multiplyExact(2, capacity)));
    oldMemory.close();
    oldHost.close();
    forget();
  }

  int words(Steering steering) {
    int words = sites;
    for (int site = 0; site < sites; site++) {
      SiteSteering at = steering.at(site);
      if (at != null) {
        words += SITE_HEADER + at.bans() + at.ablations() + 2 * at.writes() + at.appends();
      }
    }
    return words;
  }

  private void write(Steering steering, int record) {
    int next = sites;
    for (int site = 0; site < sites; site++) {
      SiteSteering at = steering.at(site);
      set(record + site, at == null ? 0 : next);
      if (at != null) {
        next += site(at, record + next);
      }
    }
  }

  private int site(SiteSteering at, int from) {
    set(from, at.bans());
    set(from + 1, at.ablations());
    set(from + 2, at.writes());
    set(from + 3, at.appends());
    set(from + 4, at.disableTop());
    int next = from + SITE_HEADER;
    for (int i = 0; i < at.bans(); i++) {
      set(next++, at.ban(i));
    }
    for (int i = 0; i < at.ablations(); i++) {
      set(next++, at.ablation(i));
    }
    for (int i = 0; i < at.writes(); i++) {
      set(next++, at.writeCode(i));
      set(next++, at.writeSlot(i));
    }
    for (int i = 0; i < at.appends(); i++) {
      set(next++, at.append(i));
    }
    return next - from;
  }

  /// Brings what is new.
  void send(CudaStream stream) {
    if (sent < used) {
      long from = (long) sent * Integer.BYTES;
      stream.toDevice(memory.address() + from, host, from, (long) (used - sent) * Integer.BYTES);
      sent = used;
    }
  }

  private void set(int index, int value) {
    ints.setAtIndex(JAVA_INT, index, value);
  }

  @Override
  public void close() {
    memory.close();
    host.close();
  }
}
