package dev.steerage.gateway.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.jetty.http.pathmap.MatchedResource;
import org.eclipse.jetty.http.pathmap.PathMappings;
import org.eclipse.jetty.http.pathmap.UriTemplatePathSpec;
import org.eclipse.jetty.util.URIUtil;

/// Finds the route of a request; every operation of `openapi.yaml`, and no other.
public final class Router {
  private static final List<String> OURS = List.of("/v1/", "/api/");

  private final List<Route> routes;
  private final PathMappings<Map<String, Route>> paths = new PathMappings<>();

  public Router(List<Route> routes) {
    this.routes = List.copyOf(routes);
    Map<String, Map<String, Route>> byTemplate = new TreeMap<>();
    for (Route route : routes) {
      Map<String, Route> methods =
          byTemplate.computeIfAbsent(route.template(), _ -> new HashMap<>());
      if (methods.put(route.method(), route) != null) {
        throw new IllegalArgumentException(
            "two routes: " + route.method() + " " + route.template());
      }
    }
    byTemplate.forEach(
        (template, methods) -> paths.put(new UriTemplatePathSpec(template), methods));
  }

  /// Every route.
  public List<Route> routes() {
    return routes;
  }

  /// A route and the parts of the path, decoded.
  record Found(Route route, Map<String, String> path) {}

  /// Whether the path belongs to the contract, so that no file is looked for.
  boolean owns(String path) {
    return OURS.stream().anyMatch(path::startsWith) || paths.getMatched(path) != null;
  }

  /// The route of a request.
  ///
  /// @throws HttpError 404 or 405
  Found find(String method, String path) {
    MatchedResource<Map<String, Route>> matched = paths.getMatched(path);
    if (matched == null) {
      throw HttpError.notFound(null, "not_found", "no such path; see /openapi.yaml");
    }
    Map<String, Route> methods = matched.getResource();
    Route route = methods.get(method.equals("HEAD") ? "GET" : method);
    if (route == null) {
      throw HttpError.wrongMethod(
          "expected " + String.join(" or ", new TreeMap<>(methods).keySet()));
    }
    return new Found(route, parameters(matched, path));
  }

  private static Map<String, String> parameters(
      MatchedResource<Map<String, Route>> matched, String path) {
    Map<String, String> encoded =
        Optional.ofNullable(((UriTemplatePathSpec) matched.getPathSpec()).getPathParams(path))
            .orElse(Map.of());
    Map<String, String> decoded = new HashMap<>();
    encoded.forEach((name, value) -> decoded.put(name, URIUtil.decodePath(value)));
    return decoded;
  }
}
