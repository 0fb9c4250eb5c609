package dev.steerage.transformer.generation;

/// What a caller sees of one running request. Called on the decode thread only, in this order per
/// position: [#onForward], then [#onToken] if the position chose a token, then perhaps
/// [#onFinished].
public interface GenerationListener {
  /// The codes of one position, in position order, prompt and re-prefilled positions included.
  void onForward(int position, CodeView natural, CodeView effective);

  /// How probable a token of the prompt was after those before it; in position order, from position
  /// 1 on, after [#onForward] of the position before. Only where the request asked for it, and not
  /// on a resumed one that has tokens.
  default void onPromptToken(int position, int token, float logprob, TopLogprobs top) {}

  /// @param index 0 for the first generated token; a resumed request begins at its committed length
  /// @param logprob natural logarithm under the model, before temperature, penalty and truncation
  /// @param top empty unless the request asked for it
  void onToken(int index, int token, float logprob, TopLogprobs top);

  void onFinished(FinishReason reason);
}
