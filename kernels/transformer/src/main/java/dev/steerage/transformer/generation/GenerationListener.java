package dev.steerage.transformer.generation;

/// What a caller sees of one running request. Called on the decode thread only, in this order per
/// position: [#onForward], then [#onToken] if the position chose a token, then perhaps
/// [#onFinished].
public interface GenerationListener {
  /// The codes of one position, in position order, prompt and re-prefilled positions included.
  void onForward(int position, CodeView natural, CodeView effective);

  /// @param index 0 for the first generated token; a resumed request begins at its committed length
  /// @param logprob natural logarithm under the model, before temperature, penalty and truncation
  /// @param top empty unless the request asked for it
  void onToken(int index, int token, float logprob, TopLogprobs top);

  void onFinished(FinishReason reason);
}
