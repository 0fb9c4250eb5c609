package dev.steerage.transformer.generation;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// One request as the engine runs it. The arrays are not copied; nobody may change them later.
///
/// @param prompt token ids, begin-of-text included where the model wants one; at least one
/// @param committed tokens a predecessor generated: forwarded again, never sampled again; the next
///   token has index `committed.length`
/// @param maxTokens generated tokens in all, committed ones included
/// @param topLogprobs likeliest tokens reported per token, 0 to [#MAX_TOP_LOGPROBS]
/// @param stop generation ends when one of these appears in the generated text
/// @param ignoreEos go on after the end-of-text token
/// @param scorePrompt report how probable each token of the prompt was; then no beginning is taken
///   from the cache
/// @param salt requests of the same salt may share cached beginnings; empty: with nobody
public record GenerationRequest(
    String id,
    int[] prompt,
    int[] committed,
    Sampling sampling,
    int maxTokens,
    int topLogprobs,
    List<String> stop,
    boolean ignoreEos,
    boolean scorePrompt,
    String salt) {
  public static final int MAX_TOP_LOGPROBS = 50;
  public static final int MAX_STOP_STRINGS = 16;
  public static final int MAX_STOP_BYTES = 256;

  public GenerationRequest {
    stop = List.copyOf(stop);
    require("prompt length", prompt.length, 1, Integer.MAX_VALUE);
    require("maxTokens", maxTokens, 1, Integer.MAX_VALUE);
    require("topLogprobs", topLogprobs, 0, MAX_TOP_LOGPROBS);
    require("committed length", committed.length, 0, maxTokens);
    require("stop strings", stop.size(), 0, MAX_STOP_STRINGS);
    for (String s : stop) {
      int bytes = s.getBytes(StandardCharsets.UTF_8).length;
      require("bytes of a stop string", bytes, 1, MAX_STOP_BYTES);
    }
  }

  /// A request whose prompt is not scored.
  public GenerationRequest(
      String id,
      int[] prompt,
      int[] committed,
      Sampling sampling,
      int maxTokens,
      int topLogprobs,
      List<String> stop,
      boolean ignoreEos,
      String salt) {
    this(id, prompt, committed, sampling, maxTokens, topLogprobs, stop, ignoreEos, false, salt);
  }

  /// A request that shares nothing.
  public GenerationRequest(
      String id,
      int[] prompt,
      int[] committed,
      Sampling sampling,
      int maxTokens,
      int topLogprobs,
      List<String> stop,
      boolean ignoreEos) {
    this(id, prompt, committed, sampling, maxTokens, topLogprobs, stop, ignoreEos, "");
  }

  /// A fresh request without extras.
  public static GenerationRequest of(String id, int[] prompt, Sampling sampling, int maxTokens) {
    return new GenerationRequest(id, prompt, new int[0], sampling, maxTokens, 0, List.of(), false);
  }

  private static void require(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "request: " + what + "=" + value + ", limit=" + least + ".." + most);
    }
  }
}
