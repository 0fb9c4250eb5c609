package dev.steerage.schemas.index;

/// A look-up without an answer: why, and what was asked.
public final class LookupException extends RuntimeException {
  /// Why a look-up has no answer. All but the last two come from the index itself.
  public enum Reason {
    /// The request could not be read.
    MALFORMED,
    /// The index does not know this kind or version of request.
    UNSUPPORTED,
    UNKNOWN_TENANT,
    UNKNOWN_MODEL,
    UNKNOWN_SITE,
    UNKNOWN_CODE,
    UNKNOWN_CONCEPT,
    /// No recent positions of the request are held.
    UNKNOWN_REQUEST,
    /// More was asked than the index answers at once.
    LIMIT,
    /// No corpus of this name and model is open.
    UNKNOWN_CORPUS,
    /// The query cannot be searched; the message says where it is wrong.
    BAD_QUERY,
    /// Too many searches wait: ask again later.
    BUSY,
    /// The client has not proven that it speaks for the tenant.
    UNAUTHORIZED,
    /// The index failed.
    INTERNAL,
    /// No index is connected.
    UNAVAILABLE,
    /// No answer came in time.
    TIMEOUT
  }

  private final Reason reason;

  public LookupException(Reason reason, String detail) {
    super(detail);
    this.reason = reason;
  }

  public LookupException(Reason reason, String detail, Throwable cause) {
    super(detail, cause);
    this.reason = reason;
  }

  /// Why there is no answer.
  public Reason reason() {
    return reason;
  }
}
