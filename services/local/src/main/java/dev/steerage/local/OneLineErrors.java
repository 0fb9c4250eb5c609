package dev.steerage.local;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/// A verb that fails says why in one line; the stack is for `STEERAGE_LOG=DEBUG`.
final class OneLineErrors implements IExecutionExceptionHandler {

  private static final Logger LOG = LoggerFactory.getLogger(OneLineErrors.class);

  @Override
  public int handleExecutionException(Exception error, CommandLine verb, ParseResult parsed) {
    LOG.debug("verb failed", error);
    var line = new StringBuilder(said(error));
    for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
      if (line.indexOf(said(cause)) < 0) {
        line.append(": ").append(said(cause));
      }
    }
    verb.getErr().println("steerage " + verb.getCommandName() + ": " + line);
    return verb.getCommandSpec().exitCodeOnExecutionException();
  }

  private static String said(Throwable error) {
    return error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
  }
}
