package dev.steerage.gateway.http;

import dev.steerage.gateway.GatewayConfig;
import dev.steerage.gateway.GatewayException;
import dev.steerage.gateway.GatewayMetrics;
import dev.steerage.gateway.access.Access;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.server.handler.ResourceHandler;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.resource.Resource;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/// HTTP/1.1 by Jetty, with the limits of [GatewayConfig]. Every request has a virtual thread.
public final class GatewayServer implements AutoCloseable {
  /// Class path folder of the pages served at `/`.
  public static final String CONSOLE = "dev/steerage/console/";

  private static final int MAX_THREADS = 16;

  private final Server server;
  private final ServerConnector connector;

  private GatewayServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  /// Starts answering.
  ///
  /// @throws GatewayException if the address is taken
  public static GatewayServer start(
      GatewayConfig config, Router router, Access access, GatewayMetrics metrics) {
    var threads = new QueuedThreadPool(MAX_THREADS, 2);
    threads.setName("gateway-http");
    threads.setDaemon(true);
    threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("gateway-"));
    var server = new Server(threads);
    var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(settings(config)));
    connector.setHost(config.host());
    connector.setPort(config.port());
    connector.setIdleTimeout(config.limits().idle().toMillis());
    connector.setAcceptQueueSize(config.limits().acceptQueue());
    server.addConnector(connector);
    server.addBean(new NetworkConnectionLimit(config.limits().connections(), connector));
    var api = new ApiHandler(router, access, metrics, config.limits().bodyBytes());
    Handler pages = pages(server, config.console());
    var all = new Handler.Sequence(api, pages, new NotFound());
    // Where a key is demanded, a page that was pointed here has none: any name is fine, so that a
    // proxy that speaks TLS can pass its own.
    boolean checksHost = config.isLoopback() && config.keys().isEmpty();
    server.setHandler(new Gate(all, checksHost, metrics));
    server.setErrorHandler(new JsonErrors());
    try {
      server.start();
    } catch (Exception e) {
      stop(server);
      throw new GatewayException(
          "cannot listen: address=" + config.host() + ":" + config.port() + ": " + said(e), e);
    }
    return new GatewayServer(server, connector);
  }

  private static HttpConfiguration settings(GatewayConfig config) {
    var settings = new HttpConfiguration();
    settings.setSendServerVersion(false);
    settings.setSendDateHeader(true);
    settings.setRequestHeaderSize(config.limits().headerBytes());
    settings.setOutputBufferSize(8 * 1024);
    settings.setHttpCompliance(HttpCompliance.RFC9110);
    settings.setUriCompliance(UriCompliance.RFC3986);
    return settings;
  }

  private static Handler pages(Server server, Optional<Path> folder) {
    ResourceFactory resources = ResourceFactory.of(server);
    Resource base =
        folder
            .map(resources::newResource)
            .orElseGet(() -> resources.newClassLoaderResource(CONSOLE));
    if (base == null) {
      return new Handler.Sequence();
    }
    var handler = new ResourceHandler();
    handler.setBaseResource(base);
    handler.setDirAllowed(false);
    handler.setWelcomeFiles("index.html");
    handler.setEtags(true);
    handler.setCacheControl("no-cache");
    return handler;
  }

  /// The last: nobody knows the path.
  private static final class NotFound extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      ApiHandler.refuse(
          request,
          response,
          HttpError.notFound(null, "not_found", "no such path; see /openapi.yaml"));
      callback.succeeded();
      return true;
    }
  }

  /// What Jetty itself refuses (a malformed request line, too large a header) in the same form.
  private static final class JsonErrors extends ErrorHandler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
      int status = response.getStatus();
      if (status < HttpStatus.BAD_REQUEST_400) {
        // Jetty says 304 through here too: a page that the browser has already.
        callback.succeeded();
        return true;
      }
      HttpError error =
          switch (status) {
            case 413 -> HttpError.tooLarge("the request is too large");
            case 414, 431 -> HttpError.headersTooLarge();
            case 503 -> HttpError.unavailable("busy", "the gateway is stopping", 1);
            default ->
                status >= 500 && status != 505
                    ? HttpError.failed("internal", "the gateway failed; its log says why")
                    : HttpError.badRequest(null, "malformed", "the request is no valid HTTP/1.1");
          };
      ApiHandler.refuse(request, response, error);
      callback.succeeded();
      return true;
    }
  }

  /// Where it listens.
  public URI address() {
    String host =
        connector.getHost().contains(":") ? "[" + connector.getHost() + "]" : connector.getHost();
    return URI.create("http://" + host + ":" + connector.getLocalPort());
  }

  private static void stop(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      throw new GatewayException("cannot stop the server: " + said(e), e);
    }
  }

  private static String said(Exception e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  @Override
  public void close() {
    stop(server);
  }
}
