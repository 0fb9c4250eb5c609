package dev.steerage.transformer.generation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Keeps all that a request's listener hears, bits included.
public class Recording implements GenerationListener {
  public final List<Integer> tokens = new ArrayList<>();
  public final List<Integer> logprobBits = new ArrayList<>();
  public final List<List<String>> top = new ArrayList<>();

  /// Codes by position: one list per site.
  public final List<int[]> natural = new ArrayList<>();

  public final List<int[]> effective = new ArrayList<>();
  public FinishReason reason;
  private int firstIndex = -1;

  @Override
  public void onForward(int position, CodeView naturalCodes, CodeView effectiveCodes) {
    if (position != natural.size()) {
      throw new IllegalStateException("position=" + position + ", expected " + natural.size());
    }
    natural.add(flat(naturalCodes));
    effective.add(flat(effectiveCodes));
  }

  @Override
  public void onToken(int index, int token, float logprob, TopLogprobs likeliest) {
    if (firstIndex < 0) {
      firstIndex = index;
    }
    if (index != firstIndex + tokens.size()) {
      throw new IllegalStateException("index=" + index);
    }
    tokens.add(token);
    logprobBits.add(Float.floatToRawIntBits(logprob));
    List<String> row = new ArrayList<>();
    for (int i = 0; i < likeliest.count(); i++) {
      row.add(likeliest.token(i) + ":" + Float.floatToRawIntBits(likeliest.logprob(i)));
    }
    top.add(row);
  }

  @Override
  public void onFinished(FinishReason why) {
    if (reason != null) {
      throw new IllegalStateException("finished twice: " + reason + ", " + why);
    }
    reason = why;
  }

  public int[] tokenArray() {
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }

  /// Everything, for comparison; of a resumed run only what was decided from `index` on.
  public String decisions(int index) {
    int from = index - firstIndex;
    return tokens.subList(from, tokens.size())
        + " "
        + logprobBits.subList(from, tokens.size())
        + " "
        + top.subList(from, tokens.size())
        + " "
        + codes(natural)
        + " "
        + codes(effective)
        + " "
        + reason;
  }

  private static String codes(List<int[]> all) {
    return Arrays.deepToString(all.toArray(int[][]::new));
  }

  private static int[] flat(CodeView codes) {
    int size = 0;
    for (int site = 0; site < codes.sites(); site++) {
      size += codes.slots(site);
    }
    int[] flat = new int[size];
    int at = 0;
    for (int site = 0; site < codes.sites(); site++) {
      for (int slot = 0; slot < codes.slots(site); slot++) {
        flat[at++] = codes.code(site, slot);
      }
    }
    return flat;
  }
}
