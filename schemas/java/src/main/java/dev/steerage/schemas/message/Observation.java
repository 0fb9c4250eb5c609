package dev.steerage.schemas.message;

/// Headers of `steerage-internal.observations`; the value is an activations frame of SBE with the
/// sites that the tenant's monitors watch.
public final class Observation {
  /// The session of the request, if it has one.
  public static final String SESSION = "session";

  /// Before the name of each label of the request.
  public static final String LABEL_PREFIX = "label.";

  /// The request that ended; such a record has no value. A record without either only says the
  /// broker's time.
  public static final String FINISHED = "finished";

  /// Of a request that ended: its model.
  public static final String MODEL = "model";

  /// Of a request that ended: how, as in `finished.reason`.
  public static final String REASON = "reason";

  /// Of a request that ended: ids of the rules that acted on it, with commas between.
  public static final String ACTED = "acted";

  /// Of a request that ended: how many alerts rules raised.
  public static final String ALERTS = "alerts";

  /// Of a paired request that ended: of its natural codes those that its twin did not have,
  /// `3/512`.
  public static final String PAIR = "pair";

  /// The request that ended before, and of which the loss is known now; such a record has no value.
  public static final String SCORED = "scored";

  /// Loss of its tokens under the unsteered model, in millionths of a nat, and how many tokens,
  /// `90000000/40`.
  public static final String LOSS = "loss";

  private Observation() {}
}
