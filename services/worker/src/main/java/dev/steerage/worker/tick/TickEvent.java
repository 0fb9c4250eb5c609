package dev.steerage.worker.tick;

import dev.steerage.domain.monitor.Monitor;
import dev.steerage.domain.tenant.TenantId;
import dev.steerage.schemas.message.Alert;
import dev.steerage.schemas.message.Completion;
import dev.steerage.schemas.message.Refusal;
import dev.steerage.schemas.message.RuleAck;
import dev.steerage.schemas.message.SessionState;
import java.util.List;
import java.util.Optional;

/// Something to commit with the tick it happened in.
public sealed interface TickEvent {
  /// The work partition whose owner alone may write it.
  int partition();

  /// The tenant whose topics it is written to; empty: it moves offsets only.
  default Optional<TenantId> tenantWrittenTo() {
    return Optional.empty();
  }

  /// Rough size in bytes, for the tick's limit.
  default int bytes() {
    return 64;
  }

  /// One that is written to the topics of a request's tenant.
  sealed interface OfRequest extends TickEvent {
    RequestOrigin origin();

    @Override
    default int partition() {
      return origin().partition();
    }

    @Override
    default Optional<TenantId> tenantWrittenTo() {
      return Optional.of(origin().tenant());
    }
  }

  /// One that is written to a tenant's topics for no request.
  sealed interface OfTenant extends TickEvent {
    TenantId tenant();

    @Override
    default Optional<TenantId> tenantWrittenTo() {
      return Optional.of(tenant());
    }
  }

  /// A work record was read.
  record Taken(int partition, long offset) implements TickEvent {}

  /// A work record needs no answer of ours any more.
  record Skipped(int partition, long offset) implements TickEvent {}

  /// A partition became ours.
  ///
  /// @param assignment which time it became ours
  /// @param taken offset after the last record that a predecessor took
  /// @param unfinished offsets below `taken` that are not finished
  record Adopted(int partition, long assignment, long taken, List<Long> unfinished)
      implements TickEvent {
    public Adopted {
      unfinished = List.copyOf(unfinished);
    }
  }

  /// A partition goes to another worker after this tick.
  record Released(int partition) implements TickEvent {}

  /// A request began or ended; an end is also the end of its work record.
  record Said(RequestOrigin origin, Completion completion) implements OfRequest {
    @Override
    public int bytes() {
      return completion instanceof Completion.Started s ? 512 + 8 * s.promptTokens().size() : 256;
    }
  }

  /// A turn of a session ended: what the next one continues.
  record Remembered(RequestOrigin origin, SessionState state) implements OfRequest {
    @Override
    public int bytes() {
      return 128 + 8 * state.tokens().size();
    }
  }

  /// A token was chosen.
  record Chosen(RequestOrigin origin, int attempt, Completion.Token token) implements OfRequest {
    @Override
    public int bytes() {
      return 128 + 64 * token.topLogprobs().size();
    }
  }

  /// What a paired request's twin came to: a token, or the end of a half.
  ///
  /// @param differingCodes natural codes so far that the twin did not have
  /// @param comparedCodes natural codes so far that were looked for
  record Paired(
      RequestOrigin origin,
      int attempt,
      Optional<Completion.PairedToken> token,
      Optional<Completion.HalfEnd> ended,
      long differingCodes,
      long comparedCodes)
      implements OfRequest {
    @Override
    public int bytes() {
      return 128;
    }
  }

  /// What the unsteered model says to the tokens of a request that ended.
  ///
  /// @param lossNats of all of them together
  record Lost(RequestOrigin origin, double lossNats, int tokens) implements TickEvent {
    @Override
    public int partition() {
      return origin.partition();
    }
  }

  /// How probable the prompt was; followed by token 0 in the same tick.
  record Scored(RequestOrigin origin, int attempt, List<Completion.PromptToken> prompt)
      implements OfRequest {
    @Override
    public int bytes() {
      int bytes = 0;
      for (Completion.PromptToken token : prompt) {
        bytes += 64 + 64 * token.topLogprobs().size();
      }
      return bytes;
    }
  }

  /// The codes of positions that were not counted before.
  ///
  /// @param promptLength tokens of the prompt
  /// @param captured sites whose raw ids are recorded; empty: none
  /// @param rules ids of the rules that [CodeFrame#writeRule] names
  record Fired(
      RequestOrigin origin,
      int attempt,
      int promptLength,
      CodeFrame frame,
      int[] captured,
      List<String> rules)
      implements OfRequest {
    @Override
    public int bytes() {
      return 64 + frame.bytes();
    }
  }

  /// Something became of a rule, concept or command.
  record Acked(int partition, TenantId tenant, RuleAck ack) implements OfTenant {}

  /// A monitor came, changed or went; an empty one went.
  record Watched(int partition, TenantId tenant, String id, Optional<Monitor> monitor)
      implements OfTenant {
    @Override
    public int bytes() {
      return 1_024;
    }
  }

  /// A rule raised an alert, or gave way to another. Its time is that of the tick.
  record Raised(RequestOrigin origin, Alert alert) implements OfRequest {
    @Override
    public int bytes() {
      return 512;
    }
  }

  /// Every record of the tenant's rule log below `next` is acknowledged.
  record RulesAcked(int partition, TenantId tenant, long next) implements TickEvent {}

  /// A record that nobody can use, kept untouched.
  record Buried(
      int partition,
      TenantId tenant,
      String sourceTopic,
      int sourcePartition,
      long sourceOffset,
      byte[] key,
      byte[] value,
      Refusal refusal,
      String detail)
      implements OfTenant {
    @Override
    public int bytes() {
      return 256 + (value == null ? 0 : value.length);
    }
  }
}
