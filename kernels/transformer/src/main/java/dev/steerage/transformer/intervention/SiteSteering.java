package dev.steerage.transformer.intervention;

import dev.steerage.transformer.CodebookSite;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What happens to the codes of one site at one position. Immutable.
///
/// Order: bans (the next best code takes the slot, k stay), then the `disableTop` most similar of
/// what is left are passed over, then ablations (the slot of that code is blocked, the divisor
/// stays k), then writes in list order, then appends (the mean is over k + appends). Where bans
/// leave fewer than k codes, the slots left over are blocked.
public final class SiteSteering {
  /// Most codes that can be appended at one site; keeps a row's ids in a fixed space.
  public static final int MAX_APPENDS = 16;

  private final int bans;
  private final int ablations;
  private final int writes;
  private final int appends;
  private final int disableTop;

  /// Banned codes ascending, ablated codes, code and slot of each write, appended codes: all in one
  /// array, because many requests with rules of their own come by at every site of every step.
  private final int[] data;

  private SiteSteering(Builder builder) {
    int[] banned = builder.bans.stream().mapToInt(Integer::intValue).sorted().distinct().toArray();
    bans = banned.length;
    ablations = builder.ablations.size();
    writes = builder.writes.size();
    appends = builder.appends.size();
    disableTop = builder.disableTop;
    data = Arrays.copyOf(banned, bans + ablations + 2 * writes + appends);
    int at = bans;
    for (int code : builder.ablations) {
      data[at++] = code;
    }
    for (SlotWrite write : builder.writes) {
      data[at++] = write.code();
      data[at++] = write.slot();
    }
    for (int code : builder.appends) {
      data[at++] = code;
    }
  }

  public static Builder builder() {
    return new Builder();
  }

  /// Refuses codes and slots that the site does not have.
  ///
  /// Errors: [IllegalArgumentException] naming site, value and limit.
  public void check(CodebookSite site) {
    int k = site.activeCodes();
    for (int i = 0; i < data.length; i++) {
      boolean isSlot = i >= firstWrite() && i < firstAppend() && (i - firstWrite()) % 2 == 1;
      if (!isSlot && data[i] >= site.codes()) {
        throw new IllegalArgumentException(
            "steering at " + site.site() + ": code=" + data[i] + ", limit=" + (site.codes() - 1));
      }
      if (isSlot && data[i] != SlotWrite.ALL_SLOTS && (data[i] >= k || data[i] < -k)) {
        throw new IllegalArgumentException(
            "steering at " + site.site() + ": slot=" + data[i] + ", limit=" + -k + ".." + (k - 1));
      }
    }
    if (disableTop > site.codes() - k) {
      throw new IllegalArgumentException(
          ("steering at " + site.site() + ": disableTop=" + disableTop)
              + (", limit=" + (site.codes() - k)));
    }
  }

  private int firstWrite() {
    return bans + ablations;
  }

  private int firstAppend() {
    return bans + ablations + 2 * writes;
  }

  public boolean isBanned(int code) {
    int low = 0;
    int high = bans - 1;
    while (low <= high) {
      int middle = low + high >>> 1;
      int found = data[middle];
      if (found == code) {
        return true;
      }
      if (found < code) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return false;
  }

  public boolean isAblated(int code) {
    for (int i = bans; i < bans + ablations; i++) {
      if (data[i] == code) {
        return true;
      }
    }
    return false;
  }

  public int bans() {
    return bans;
  }

  /// The i-th banned code, ascending.
  public int ban(int i) {
    return data[i];
  }

  public int ablations() {
    return ablations;
  }

  public int ablation(int i) {
    return data[bans + i];
  }

  /// How many of the most similar codes are passed over.
  public int disableTop() {
    return disableTop;
  }

  public int writes() {
    return writes;
  }

  /// Code of the i-th write, or [SlotWrite#BLOCKED].
  public int writeCode(int i) {
    return data[firstWrite() + 2 * i];
  }

  /// Slot of the i-th write as in [SlotWrite].
  public int writeSlot(int i) {
    return data[firstWrite() + 2 * i + 1];
  }

  public int appends() {
    return appends;
  }

  public int append(int i) {
    return data[firstAppend() + i];
  }

  /// How many of these codes are banned.
  public int banned(int[] found, int at, int count) {
    int banned = 0;
    if (bans > 0) {
      for (int i = 0; i < count; i++) {
        banned += isBanned(found[at + i]) ? 1 : 0;
      }
    }
    return banned;
  }

  /// What goes on at the site instead of the k most similar codes.
  ///
  /// @param found the most similar codes, best first, `count` of them from `at`
  /// @param to gets the effective codes from `toAt`; -1 = blocked
  /// @return slots in force, which is also the divisor
  public int apply(int k, int[] found, int at, int count, int[] to, int toAt) {
    if (bans + ablations + disableTop == 0) {
      System.arraycopy(found, at, to, toAt, k);
    } else {
      keep(k, found, at, count, to, toAt);
    }
    int end = firstAppend();
    for (int w = firstWrite(); w < end; w += 2) {
      int where = data[w + 1];
      if (where == SlotWrite.ALL_SLOTS) {
        Arrays.fill(to, toAt, toAt + k, data[w]);
      } else {
        to[toAt + (where >= 0 ? where : k + where)] = data[w];
      }
    }
    System.arraycopy(data, end, to, toAt + k, appends);
    return k + appends;
  }

  private void keep(int k, int[] found, int at, int count, int[] to, int toAt) {
    int slot = 0;
    int skip = disableTop;
    for (int i = 0; i < count && slot < k; i++) {
      int id = found[at + i];
      if (isBanned(id)) {
        continue;
      }
      if (skip > 0) {
        skip--;
        continue;
      }
      to[toAt + slot++] = isAblated(id) ? SlotWrite.BLOCKED : id;
    }
    while (slot < k) {
      to[toAt + slot++] = SlotWrite.BLOCKED;
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SiteSteering site
        && bans == site.bans
        && ablations == site.ablations
        && writes == site.writes
        && disableTop == site.disableTop
        && Arrays.equals(data, site.data);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * (31 * Arrays.hashCode(data) + bans) + writes) + disableTop;
  }

  /// Collects the interventions of one site.
  public static final class Builder {
    private final List<Integer> bans = new ArrayList<>();
    private final List<Integer> ablations = new ArrayList<>();
    private final List<SlotWrite> writes = new ArrayList<>();
    private final List<Integer> appends = new ArrayList<>();
    private int disableTop;

    private Builder() {}

    public Builder ban(int code) {
      bans.add(requireCode("ban", code));
      return this;
    }

    public Builder ablate(int code) {
      ablations.add(requireCode("ablate", code));
      return this;
    }

    public Builder disableTop(int count) {
      if (count < 0) {
        throw new IllegalArgumentException("disableTop: count=" + count + ", limit=0");
      }
      disableTop = count;
      return this;
    }

    public Builder write(int code, int slot) {
      writes.add(new SlotWrite(code, slot));
      return this;
    }

    public Builder write(SlotWrite write) {
      writes.add(write);
      return this;
    }

    public Builder append(int code) {
      if (appends.size() == MAX_APPENDS) {
        throw new IllegalArgumentException(
            "append: count=" + (MAX_APPENDS + 1) + ", limit=" + MAX_APPENDS);
      }
      appends.add(requireCode("append", code));
      return this;
    }

    public SiteSteering build() {
      return new SiteSteering(this);
    }

    private static int requireCode(String what, int code) {
      if (code < 0) {
        throw new IllegalArgumentException(what + ": code=" + code + ", limit=0");
      }
      return code;
    }
  }
}
