package dev.steerage.schemas.message;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// What happened to a request: the value of `steerage.<tenant>.completions`, `type` in JSON.
public sealed interface Completion {
  /// The request id; also the key.
  String request();

  /// A worker has claimed the request; a later `started` of a higher attempt continues it.
  ///
  /// @param attempt 1 for the first worker
  /// @param promptTokens the token ids of the prompt, as forwarded
  /// @param promptRevision revision that steered all prompt positions but the last
  /// @param topicIds topic name to topic id of the rule log, so that a recreated topic never
  ///   matches
  /// @param resumedAt index of the first token of this attempt
  /// @param session where the prompt's tokens begin with the context of a session
  record Started(
      String request,
      String model,
      String modelHash,
      String numericClass,
      String worker,
      int attempt,
      List<Integer> promptTokens,
      long promptRevision,
      Map<String, String> topicIds,
      int resumedAt,
      Optional<SessionTurn> session)
      implements Completion {
    public Started {
      promptTokens = List.copyOf(promptTokens);
      topicIds = Map.copyOf(topicIds);
    }

    /// Of a request without a session.
    public Started(
        String request,
        String model,
        String modelHash,
        String numericClass,
        String worker,
        int attempt,
        List<Integer> promptTokens,
        long promptRevision,
        Map<String, String> topicIds,
        int resumedAt) {
      this(
          request,
          model,
          modelHash,
          numericClass,
          worker,
          attempt,
          promptTokens,
          promptRevision,
          topicIds,
          resumedAt,
          Optional.empty());
    }
  }

  /// A request as a turn of a session.
  ///
  /// @param session as the prompt names it
  /// @param turn from 1
  /// @param contextTokens how many of the prompt's tokens come from earlier turns
  /// @param previous request id of the turn before; empty for the first
  record SessionTurn(String session, int turn, int contextTokens, Optional<String> previous) {}

  /// Consecutive tokens.
  ///
  /// @param prompt with token 0, where the prompt asked for log-probabilities: the prompt's tokens
  record Tokens(String request, int attempt, List<Token> tokens, List<PromptToken> prompt)
      implements Completion {
    public Tokens {
      tokens = List.copyOf(tokens);
      prompt = List.copyOf(prompt);
    }

    /// Nothing about the prompt.
    public Tokens(String request, int attempt, List<Token> tokens) {
      this(request, attempt, tokens, List.of());
    }
  }

  /// A token of the prompt.
  ///
  /// @param text what it adds to the text; empty for special tokens
  /// @param logprob as of a [Token]; empty for the first, which follows nothing
  record PromptToken(int id, String text, OptionalDouble logprob, List<Alternative> topLogprobs) {
    public PromptToken {
      topLogprobs = List.copyOf(topLogprobs);
    }
  }

  /// One token.
  ///
  /// @param index from 0
  /// @param text what it adds to the text; may be empty where a UTF-8 character is not complete
  /// @param logprob natural logarithm of its probability before temperature and truncation
  /// @param revision the rule revision in force when it was chosen
  /// @param steered whether an intervention acted on the forward that chose it
  record Token(
      int index,
      int id,
      String text,
      double logprob,
      List<Alternative> topLogprobs,
      long revision,
      boolean steered) {
    public Token {
      topLogprobs = List.copyOf(topLogprobs);
    }
  }

  /// A token that could have been chosen.
  record Alternative(int id, String text, double logprob) {}

  /// The last event of a request.
  ///
  /// @param reason how it ended
  /// @param refusal why, where `reason` is [Reason#REFUSED]
  /// @param detail a sentence for people
  /// @param tags words that rules put on the request, each once, in the order of their first use
  /// @param costs what rules that changed codes did to it and took; of the last attempt
  record Finished(
      String request,
      Reason reason,
      Optional<Refusal> refusal,
      Optional<String> detail,
      int promptTokens,
      int completionTokens,
      List<String> tags,
      List<RuleCost> costs)
      implements Completion {
    public Finished {
      tags = List.copyOf(tags);
      costs = List.copyOf(costs);
    }

    /// Without costs.
    public Finished(
        String request,
        Reason reason,
        Optional<Refusal> refusal,
        Optional<String> detail,
        int promptTokens,
        int completionTokens,
        List<String> tags) {
      this(request, reason, refusal, detail, promptTokens, completionTokens, tags, List.of());
    }

    /// Without tags.
    public Finished(
        String request,
        Reason reason,
        Optional<Refusal> refusal,
        Optional<String> detail,
        int promptTokens,
        int completionTokens) {
      this(request, reason, refusal, detail, promptTokens, completionTokens, List.of());
    }
  }

  /// What one rule did to a request.
  ///
  /// @param positions at which a code was another one because of it
  /// @param slots in which it was
  /// @param micros time that deciding took there, estimated from every 16th position and shared
  ///   equally among the rules that changed it; the forward itself is not in it
  record RuleCost(String rule, int positions, long slots, double micros) {}

  /// An id was sent again; nothing is generated.
  ///
  /// @param offset of the original prompt in `partition` of the prompts topic
  record Duplicate(String request, int partition, long offset) implements Completion {}

  /// What the unsteered twin of a paired request came to, token by token, and how the two differ.
  /// Written with the token of the half that came to the index last.
  ///
  /// @param ended a half ended while the other may go on; empty: none did here
  record Paired(String request, int attempt, List<PairedToken> tokens, Optional<HalfEnd> ended)
      implements Completion {
    public Paired {
      tokens = List.copyOf(tokens);
    }
  }

  /// A token of the twin, beside the steered token of the same index.
  ///
  /// @param logprob of the twin's token, as of a [Token]
  /// @param differs whether the steered half has another token there, or none
  /// @param codes share of the natural codes of the forward that chose the steered token which the
  ///   twin's forward did not choose at the same site, 0 to 1; empty where the steered half has
  ///   none
  /// @param divergence Kullback-Leibler divergence of the next token's distribution, steered from
  ///   unsteered, in nats, over the likeliest tokens of both and all others as one: never more than
  ///   the whole; empty where it is not known
  record PairedToken(
      int index,
      int id,
      String text,
      double logprob,
      boolean differs,
      OptionalDouble codes,
      OptionalDouble divergence) {}

  /// How one half of a pair ended.
  ///
  /// @param tags of the steered half, as in [Finished]
  record HalfEnd(Half half, Reason reason, Optional<String> detail, List<String> tags) {
    public HalfEnd {
      tags = List.copyOf(tags);
    }
  }

  /// One of two that run beside each other.
  enum Half {
    STEERED,
    UNSTEERED
  }

  /// How a request ended; kebab case in JSON.
  enum Reason {
    LENGTH,
    EOS,
    STOP,
    CANCELLED,
    EXPIRED,
    REFUSED,
    FAILED
  }
}
