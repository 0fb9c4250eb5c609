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

  private final int[] bans;
  private final int[] ablations;
  private final int disableTop;
  private final int[] writeCodes;
  private final int[] writeSlots;
  private final int[] appends;
  private final int highestCode;
  private final int mostFromTop;
  private final int mostFromBottom;

  private SiteSteering(Builder builder) {
    bans = builder.bans.stream().mapToInt(Integer::intValue).sorted().distinct().toArray();
    ablations = builder.ablations.stream().mapToInt(Integer::intValue).toArray();
    disableTop = builder.disableTop;
    writeCodes = builder.writes.stream().mapToInt(SlotWrite::code).toArray();
    writeSlots = builder.writes.stream().mapToInt(SlotWrite::slot).toArray();
    appends = builder.appends.stream().mapToInt(Integer::intValue).toArray();
    int highest = -1;
    for (int[] codes : List.of(bans, ablations, writeCodes, appends)) {
      highest = Math.max(highest, Arrays.stream(codes).max().orElse(-1));
    }
    highestCode = highest;
    mostFromTop = Arrays.stream(writeSlots).filter(s -> s >= 0).max().orElse(-1);
    mostFromBottom =
        Arrays.stream(writeSlots).filter(s -> s < 0 && s != SlotWrite.ALL_SLOTS).min().orElse(0);
  }

  public static Builder builder() {
    return new Builder();
  }

  /// Refuses codes and slots that the site does not have.
  ///
  /// Errors: [IllegalArgumentException] naming site, value and limit.
  public void check(CodebookSite site) {
    if (highestCode >= site.codes()) {
      throw new IllegalArgumentException(
          "steering at " + site.site() + ": code=" + highestCode + ", limit=" + (site.codes() - 1));
    }
    int k = site.activeCodes();
    if (mostFromTop >= k || mostFromBottom < -k) {
      int slot = mostFromTop >= k ? mostFromTop : mostFromBottom;
      throw new IllegalArgumentException(
          "steering at " + site.site() + ": slot=" + slot + ", limit=" + -k + ".." + (k - 1));
    }
    if (disableTop > site.codes() - k) {
      throw new IllegalArgumentException(
          ("steering at " + site.site() + ": disableTop=" + disableTop)
              + (", limit=" + (site.codes() - k)));
    }
  }

  public boolean isBanned(int code) {
    return Arrays.binarySearch(bans, code) >= 0;
  }

  public boolean isAblated(int code) {
    for (int ablated : ablations) {
      if (ablated == code) {
        return true;
      }
    }
    return false;
  }

  public int bans() {
    return bans.length;
  }

  /// The i-th banned code, ascending.
  public int ban(int i) {
    return bans[i];
  }

  public int ablations() {
    return ablations.length;
  }

  public int ablation(int i) {
    return ablations[i];
  }

  /// How many of the most similar codes are passed over.
  public int disableTop() {
    return disableTop;
  }

  public int writes() {
    return writeCodes.length;
  }

  /// Code of the i-th write, or [SlotWrite#BLOCKED].
  public int writeCode(int i) {
    return writeCodes[i];
  }

  /// Slot of the i-th write as in [SlotWrite].
  public int writeSlot(int i) {
    return writeSlots[i];
  }

  public int appends() {
    return appends.length;
  }

  public int append(int i) {
    return appends[i];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SiteSteering site
        && disableTop == site.disableTop
        && Arrays.equals(bans, site.bans)
        && Arrays.equals(ablations, site.ablations)
        && Arrays.equals(writeCodes, site.writeCodes)
        && Arrays.equals(writeSlots, site.writeSlots)
        && Arrays.equals(appends, site.appends);
  }

  @Override
  public int hashCode() {
    int hash = 31 * Arrays.hashCode(bans) + Arrays.hashCode(ablations);
    hash = 31 * hash + Arrays.hashCode(writeCodes);
    hash = 31 * hash + Arrays.hashCode(writeSlots);
    return 31 * (31 * hash + Arrays.hashCode(appends)) + disableTop;
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
