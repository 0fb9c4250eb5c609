package dev.steerage.gateway.http;

import dev.steerage.gateway.GatewayMetrics;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/// In front of everything: security headers, and no page of another origin comes in.
///
/// On loopback without keys any page in the user's browser could call: through its own name that it
/// points at this address (`Host`), or across origins (`Origin`). Both are refused.
final class Gate extends Handler.Wrapper {
  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
          + "font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; "
          + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

  private final boolean ownNamesOnly;
  private final GatewayMetrics metrics;

  Gate(Handler next, boolean ownNamesOnly, GatewayMetrics metrics) {
    super(next);
    this.ownNamesOnly = ownNamesOnly;
    this.metrics = metrics;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    HttpFields.Mutable headers = response.getHeaders();
    headers.put("Content-Security-Policy", POLICY);
    headers.put("X-Content-Type-Options", "nosniff");
    headers.put("Referrer-Policy", "no-referrer");
    headers.put("Cross-Origin-Opener-Policy", "same-origin");
    headers.put("Cross-Origin-Resource-Policy", "same-origin");
    headers.put("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    headers.put("X-Frame-Options", "DENY");
    String why = refusal(request);
    if (why != null) {
      metrics.foreign();
      ApiHandler.refuse(request, response, HttpError.forbidden("foreign_origin", why));
      callback.succeeded();
      return true;
    }
    return super.handle(request, response, callback);
  }

  private String refusal(Request request) {
    if (ownNamesOnly && !LOOPBACK.contains(host(request))) {
      return "Host: expected localhost, 127.0.0.1 or [::1]";
    }
    String site = ApiHandler.header(request, "Sec-Fetch-Site");
    String origin = ApiHandler.header(request, "Origin");
    boolean navigates =
        "navigate".equals(ApiHandler.header(request, "Sec-Fetch-Mode"))
            && request.getMethod().equals("GET");
    if (site != null && !navigates && !site.equals("same-origin") && !site.equals("none")) {
      return "Sec-Fetch-Site: pages of other origins may not call";
    }
    if (origin != null && !isOwn(origin, request)) {
      return "Origin: pages of other origins may not call";
    }
    return null;
  }

  private static String host(Request request) {
    String host = Request.getServerName(request);
    return host == null ? "" : host.toLowerCase(Locale.ROOT);
  }

  /// A proxy in front may speak TLS for us: the scheme is not compared.
  private static boolean isOwn(String origin, Request request) {
    int scheme = origin.indexOf("://");
    String authority = ApiHandler.header(request, "Host");
    return scheme > 0 && origin.substring(scheme + 3).equalsIgnoreCase(authority);
  }
}
