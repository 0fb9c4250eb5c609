package dev.steerage.domain.steering;

import java.util.Arrays;

/// The interventions of the acting rules at one site, in the order in which they are applied: bans,
/// ablations, writes, appends. Immutable.
public final class SitePlan {
  private final Entry[] bans;
  private final Entry[] ablations;
  private final Entry[] writes;
  private final Entry[] appends;

  /// The rule that overwrites a slot, by slot; shorter where no later slot is.
  private final String[] writers;

  SitePlan(Entry[] bans, Entry[] ablations, Entry[] writes, Entry[] appends) {
    this.bans = bans;
    this.ablations = ablations;
    this.writes = writes;
    this.appends = appends;
    writers = new String[writes.length == 0 ? 0 : 1 + writes[writes.length - 1].slot()];
    for (Entry write : writes) {
      writers[write.slot()] = write.rule();
    }
  }

  /// Number of banned codes.
  public int bans() {
    return bans.length;
  }

  /// A banned code; ascending.
  public int ban(int i) {
    return bans[i].code();
  }

  /// Number of ablated codes.
  public int ablations() {
    return ablations.length;
  }

  /// An ablated code; ascending.
  public int ablation(int i) {
    return ablations[i].code();
  }

  /// Number of overwritten slots.
  public int writes() {
    return writes.length;
  }

  /// The code that a slot is overwritten with.
  public int writeCode(int i) {
    return writes[i].code();
  }

  /// The slot that is overwritten, 0 the most similar; each slot at most once, ascending.
  public int writeSlot(int i) {
    return writes[i].slot();
  }

  /// Number of appended codes.
  public int appends() {
    return appends.length;
  }

  /// An appended code.
  public int append(int i) {
    return appends[i].code();
  }

  /// The rule because of which `effective` and not `natural` is in a slot; null where both are the
  /// same or no rule explains it.
  ///
  /// @param slot k and above: appended codes
  /// @param activeCodes k
  /// @param effective -1: the slot contributed zero
  public String ruleOf(int slot, int activeCodes, int natural, int effective) {
    if (slot >= activeCodes) {
      return slot - activeCodes < appends.length ? appends[slot - activeCodes].rule() : null;
    }
    if (natural == effective) {
      return null;
    }
    if (slot < writers.length && writers[slot] != null) {
      return writers[slot];
    }
    Entry[] cause = effective < 0 ? ablations : bans;
    for (Entry entry : cause) {
      if (entry.code() == natural) {
        return entry.rule();
      }
    }
    // A ban moved the codes after it up by one slot.
    return cause.length > 0 ? cause[0].rule() : bans.length > 0 ? bans[0].rule() : null;
  }

  @Override
  public String toString() {
    return "bans "
        + Arrays.toString(bans)
        + ", ablations "
        + Arrays.toString(ablations)
        + ", writes "
        + Arrays.toString(writes)
        + ", appends "
        + Arrays.toString(appends);
  }

  /// One code and why; `slot` counts for writes only.
  record Entry(int code, int slot, String rule) {}
}
