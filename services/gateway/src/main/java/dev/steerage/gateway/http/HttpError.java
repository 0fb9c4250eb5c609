package dev.steerage.gateway.http;

import dev.steerage.domain.rule.RuleProblem;
import dev.steerage.schemas.json.Json;
import dev.steerage.schemas.json.Words;
import dev.steerage.schemas.message.Refusal;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/// An answer that says what is wrong, in OpenAI's form. Carries no content of prompts.
public final class HttpError extends RuntimeException {
  private static final int LONGEST = 400;

  private final int status;
  private final String type;
  private final Optional<String> param;
  private final String code;
  private final OptionalInt retryAfterS;
  private final List<RuleProblem> problems;

  private HttpError(
      int status,
      String type,
      Optional<String> param,
      String code,
      OptionalInt retryAfterS,
      List<RuleProblem> problems,
      String message) {
    super(
        message.length() <= LONGEST ? message : message.substring(0, LONGEST) + "…",
        null,
        false,
        false);
    this.status = status;
    this.type = type;
    this.param = param;
    this.code = code;
    this.retryAfterS = retryAfterS;
    this.problems = problems;
  }

  private static HttpError invalid(int status, String param, String code, String message) {
    return new HttpError(
        status,
        "invalid_request_error",
        Optional.ofNullable(param),
        code,
        OptionalInt.empty(),
        List.of(),
        message);
  }

  /// 400: cannot be read, or breaks a limit of the contract.
  ///
  /// @param param the parameter at fault, or null
  public static HttpError badRequest(String param, String code, String message) {
    return invalid(400, param, code, message);
  }

  /// 401: no valid key.
  public static HttpError unauthenticated(String message) {
    return new HttpError(
        401,
        "authentication_error",
        Optional.empty(),
        "invalid_api_key",
        OptionalInt.empty(),
        List.of(),
        message);
  }

  /// 403: the caller may not.
  public static HttpError forbidden(String code, String message) {
    return new HttpError(
        403, "permission_error", Optional.empty(), code, OptionalInt.empty(), List.of(), message);
  }

  /// 404: there is no such thing, or it is somebody else's.
  public static HttpError notFound(String param, String code, String message) {
    return invalid(404, param, code, message);
  }

  /// 405.
  public static HttpError wrongMethod(String message) {
    return invalid(405, null, "method_not_allowed", message);
  }

  /// 409: the state does not fit.
  public static HttpError conflict(String code, String message) {
    return new HttpError(
        409, "conflict_error", Optional.empty(), code, OptionalInt.empty(), List.of(), message);
  }

  /// 413.
  public static HttpError tooLarge(String message) {
    return invalid(413, null, "body_too_large", message);
  }

  /// 431.
  public static HttpError headersTooLarge() {
    return invalid(431, null, "headers_too_large", "the request line and headers are too large");
  }

  /// 415.
  public static HttpError wrongType(String message) {
    return invalid(415, null, "unsupported_media_type", message);
  }

  /// 422: well formed, but names what is not there.
  public static HttpError unprocessable(String code, String message, List<RuleProblem> problems) {
    return new HttpError(
        422,
        "invalid_request_error",
        Optional.empty(),
        code,
        OptionalInt.empty(),
        List.copyOf(problems),
        message);
  }

  /// 429: a limit of the caller's.
  public static HttpError tooMany(String message, int retryAfterS) {
    return new HttpError(
        429,
        "rate_limit_error",
        Optional.empty(),
        "limit_reached",
        OptionalInt.of(retryAfterS),
        List.of(),
        message);
  }

  /// 500: the request was given up.
  public static HttpError failed(String code, String message) {
    return new HttpError(
        500, "api_error", Optional.empty(), code, OptionalInt.empty(), List.of(), message);
  }

  /// 503: something behind the gateway is missing.
  public static HttpError unavailable(String code, String message, int retryAfterS) {
    return new HttpError(
        503, "api_error", Optional.empty(), code, OptionalInt.of(retryAfterS), List.of(), message);
  }

  /// What a refusal of the system is over HTTP.
  public static HttpError of(Refusal refusal, String param, String message) {
    String code = Words.of(refusal);
    return switch (refusal) {
      case MALFORMED, UNKNOWN_VERSION, BAD_TOKEN, OVER_LIMIT, BAD_NUMBER, CORRUPT ->
          badRequest(param, code, message);
      case OVER_QUOTA -> forbidden(code, message);
      case UNKNOWN_MODEL -> notFound("model", "model_not_found", message);
      case UNKNOWN_RULE, UNKNOWN_CONCEPT, UNKNOWN_MONITOR, UNKNOWN_REQUEST ->
          notFound(param, code, message);
      case UNKNOWN_SITE,
          UNKNOWN_CODE,
          TOO_MANY_ACTIVATIONS,
          BAD_NAME,
          BAD_PATTERN,
          CONTRADICTION,
          FEEDBACK_CYCLE ->
          unprocessable(code, message, List.of());
      case IN_USE, ID_CONFLICT, FENCE_TIMEOUT, SESSION_BUSY -> conflict(code, message);
    };
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  OptionalInt retryAfterS() {
    return retryAfterS;
  }

  /// The JSON body.
  public byte[] body() {
    return Json.write(
        out ->
            out.object(
                "error",
                error -> {
                  error.text("message", getMessage()).text("type", type);
                  param.ifPresentOrElse(
                      name -> error.text("param", name), () -> error.nil("param"));
                  error.text("code", code);
                  error.objects(
                      "problems",
                      problems,
                      (problem, value) ->
                          problem.word("kind", value.kind()).text("detail", value.detail()));
                }));
  }
}
