package dev.steerage.gateway.http;

import dev.steerage.gateway.GatewayMetrics;
import dev.steerage.gateway.access.Access;
import dev.steerage.gateway.access.Caller;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calls the handler of a route and turns what it throws into an answer. What is no route of ours
/// is left to the next handler.
final class ApiHandler extends Handler.Abstract {
  private static final Logger LOG = LoggerFactory.getLogger(ApiHandler.class);

  private final Router router;
  private final Access access;
  private final GatewayMetrics metrics;
  private final int maxBodyBytes;

  ApiHandler(Router router, Access access, GatewayMetrics metrics, int maxBodyBytes) {
    this.router = router;
    this.access = access;
    this.metrics = metrics;
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    if (!router.owns(path)) {
      return false;
    }
    long start = System.nanoTime();
    Optional<Router.Found> found = Optional.empty();
    response.getHeaders().put("Cache-Control", "no-store");
    try {
      found = find(request, response, path);
      if (found.isPresent()) {
        answer(found.get(), request, response);
      }
      callback.succeeded();
    } catch (IOException | RuntimeException e) {
      // The client went away, or its stream cannot be finished: the connection ends with it.
      callback.failed(e);
    } finally {
      metrics.answered(
          found.map(f -> f.route().template()).orElse("none"),
          request.getMethod(),
          response.getStatus(),
          System.nanoTime() - start);
    }
    return true;
  }

  /// The route; empty: there is none, and the client was told.
  private Optional<Router.Found> find(Request request, Response response, String path)
      throws IOException {
    try {
      return Optional.of(router.find(request.getMethod(), path));
    } catch (HttpError e) {
      refuse(request, response, e);
      return Optional.empty();
    }
  }

  private void answer(Router.Found found, Request request, Response response) throws IOException {
    Call call = new Call(request, response, Map.of(), Caller.NOBODY, 0, new Fields());
    try {
      Fields query = query(request);
      Caller caller = caller(found.route(), request, query);
      call = new Call(request, response, found.path(), caller, maxBodyBytes, query);
      found.route().handler().handle(call);
    } catch (HttpError e) {
      if (call.isBegun()) {
        throw e;
      }
      call.error(e);
    } catch (RuntimeException e) {
      if (!(e instanceof QuietException)) {
        LOG.atError()
            .addKeyValue("route", found.route().template())
            .setCause(e)
            .log("a call failed");
      }
      if (call.isBegun()) {
        throw e;
      }
      call.error(HttpError.failed("internal", "the gateway failed; its log says why"));
    }
  }

  private static Fields query(Request request) {
    try {
      return Request.extractQueryParameters(request);
    } catch (RuntimeException e) {
      throw HttpError.badRequest(null, "malformed", "the query is not well formed");
    }
  }

  private Caller caller(Route route, Request request, Fields query) {
    if (route.role().isEmpty()) {
      return Caller.NOBODY;
    }
    Optional<String> key = Optional.ofNullable(request.getHeaders().get("Authorization"));
    String chosen = request.getHeaders().get("Steerage-Tenant");
    Caller caller =
        access.caller(key, Optional.ofNullable(chosen == null ? query.getValue("tenant") : chosen));
    if (!caller.role().includes(route.role().get())) {
      throw HttpError.forbidden("role", "needs the role " + route.role().get().word());
    }
    return caller;
  }

  /// Answers what no handler could: used before a route is known.
  static void refuse(Request request, Response response, HttpError error) throws IOException {
    new Call(request, response, Map.of(), Caller.NOBODY, 0, new Fields()).error(error);
  }

  static String header(Request request, String name) {
    HttpField field = request.getHeaders().getField(name);
    return field == null ? null : field.getValue();
  }
}
