package dev.steerage.gateway;

/// The gateway cannot do its work; the message says what, where and which limit.
public final class GatewayException extends RuntimeException {
  public GatewayException(String message) {
    super(message);
  }

  public GatewayException(String message, Throwable cause) {
    super(message, cause);
  }
}
