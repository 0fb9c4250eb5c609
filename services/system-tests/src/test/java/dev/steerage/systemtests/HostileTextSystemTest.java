package dev.steerage.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import dev.steerage.testkit.ScratchFolder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.json.JsonMapper;

/// Pages and policy come from the gateway; its answers are replaced by ones in which every free
/// text is an attack. Whatever is shown must be shown as it is, and nothing of it may run.
@Tag("peripheral")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileTextSystemTest {

  private static final int TEXTS = 1000;
  private static final double SLOW_MS = 60_000;
  private static final long NOW = 1_795_255_200_000L;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final List<String> texts = HostileText.texts(TEXTS);
  private ScratchFolder data;
  private UpProcess up;
  private Chromium chromium;

  @BeforeAll
  void start() {
    chromium = Chromium.start();
    data = ScratchFolder.create();
    up = UpProcess.start(data.path(), "--model", "tokfsm", "--http-port", "0");
  }

  @AfterAll
  void stop() {
    if (up != null) {
      up.close();
      data.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  @Test
  void shouldShowTokensAsText() {
    Page page = page();
    answer(
        page, "**/api/v1/prompts", Map.of("request", texts.get(2), "cursor", "c", "events", "/"));
    page.route(
        "**/api/v1/prompts/*/events*",
        route ->
            route.fulfill(
                new Route.FulfillOptions().setContentType("text/event-stream").setBody(stream())));
    page.navigate(up.console() + "#/playground");
    page.getByLabel("Unsteered beside it, same seed").uncheck();
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Write")).click();

    Locator tokens = page.locator(".tok[data-index]");
    assertThat(tokens).hasCount(TEXTS, new LocatorAssertions.HasCountOptions().setTimeout(SLOW_MS));
    for (int i = 0; i < TEXTS; i += 97) {
      tokens.nth(i).click();
      assertThat(page.locator(".playground-inspector .bars .name")).hasCount(8);
    }
    assertThat(tokens.evaluateAll("all => all.map(each => each.textContent)")).isEqualTo(texts);
    page.locator(".playground-inspector button.code").first().click();
    assertThat(page.locator(".contexts li")).hasCount(8);
    assertNothingRan(page);
  }

  @Test
  void shouldShowLabelsAsText() {
    Page page = page();
    page.navigate(up.console() + "#/codes?tab=labels");

    Locator shown = page.locator("tbody tr td:nth-child(2)");
    assertThat(shown).hasCount(TEXTS, new LocatorAssertions.HasCountOptions().setTimeout(SLOW_MS));
    assertThat(shown.evaluateAll("all => all.map(each => each.textContent)")).isEqualTo(texts);
    assertNothingRan(page);
  }

  @Test
  void shouldShowNamesAsText() {
    Page page = page();
    page.navigate(up.console() + "#/rules?tab=log");

    Locator authors = page.locator("table.log tbody tr td:nth-child(3)");
    assertThat(authors)
        .hasCount(TEXTS, new LocatorAssertions.HasCountOptions().setTimeout(SLOW_MS));
    assertThat(authors.evaluateAll("all => all.map(each => each.textContent)")).isEqualTo(texts);
    page.navigate(up.console() + "#/rules");
    assertThat(page.locator(".rule-item")).hasCount(TEXTS);
    page.locator(".rule-item").nth(2).click();
    assertThat(page.locator("textarea")).isVisible();
    page.navigate(up.console() + "#/live");
    assertThat(page.locator(".alert")).hasCount(100);
    // Tenants are in the header of every page.
    assertThat(page.getByLabel("Tenant").locator("option")).hasCount(TEXTS);
    assertNothingRan(page);
  }

  @Test
  void shouldShowHostileAddressAsText() {
    Page page = page();
    for (int i = 0; i < TEXTS; i += 41) {
      String part = URLEncoder.encode(texts.get(i), StandardCharsets.UTF_8);
      page.navigate(up.console() + "#/codes/" + part + "?model=" + part + "&do=" + part);
      page.navigate(up.console() + "#/rules/" + part + "?tab=" + part + "&restore=" + part);
    }
    assertNothingRan(page);
  }

  private void assertNothingRan(Page page) {
    assertThat(page.evaluate("window.pwned")).isNull();
    assertThat(page.evaluate("document.querySelectorAll('script').length")).isEqualTo(2);
    assertThat(page.evaluate("document.querySelectorAll('iframe,object,embed,base,style').length"))
        .isEqualTo(0);
    assertThat(
            page.evaluate(
                "[...document.querySelectorAll('*')].flatMap(each =>"
                    + " each.getAttributeNames()).filter(name => name.startsWith('on')).length"))
        .isEqualTo(0);
    assertThat(page.evaluate("Object.keys(Object.prototype).length")).isEqualTo(0);
    assertThat(chromium.complaints()).isEmpty();
  }

  private Page page() {
    Page page = chromium.page();
    answer(
        page,
        "**/api/v1/whoami",
        Map.of(
            "tenant",
            texts.get(0),
            "tenants",
            texts,
            "role",
            "admin",
            "name",
            texts.get(1),
            "keys",
            false));
    answer(page, "**/api/v1/models/*/tokens", Map.of("model", "tokfsm", "tokens", texts));
    answer(page, "**/api/v1/models/*/labels*", Map.of("labels", all(this::label)));
    answer(page, "**/api/v1/models/*/codes/*", codePage());
    answer(page, "**/api/v1/alerts*", Map.of("alerts", all(this::alert)));
    answer(
        page, "**/api/v1/rules/history*", Map.of("revision", TEXTS, "changes", all(this::change)));
    answer(page, "**/api/v1/rules?*", Map.of("revision", TEXTS, "rules", all(this::rule)));
    return page;
  }

  private static void answer(Page page, String url, Object json) {
    String body = JSON.writeValueAsString(json);
    page.route(
        url,
        route ->
            route.fulfill(
                new Route.FulfillOptions().setContentType("application/json").setBody(body)));
  }

  private static List<Object> all(IntFunction<Object> of) {
    return IntStream.range(0, TEXTS).mapToObj(of).toList();
  }

  private Object label(int i) {
    return Map.of(
        "code", "L0.mlp:" + i, "label", texts.get(i), "author", texts.get(i), "atMs", NOW);
  }

  private Object alert(int i) {
    return Map.of(
        "alert",
        texts.get(i),
        "kind",
        "monitor",
        "severity",
        "warning",
        "message",
        texts.get(i),
        "atMs",
        NOW,
        "facts",
        Map.of(texts.get(i), texts.get(i)));
  }

  private Object rawRule(int i) {
    return Map.of(
        "rule",
        texts.get(i),
        "model",
        texts.get(i),
        "author",
        texts.get(i),
        "match",
        Map.of("request", texts.get(i), "labels", Map.of(texts.get(i), texts.get(i))),
        "do",
        List.of(Map.of("ban", List.of(texts.get(i)))));
  }

  private Object rule(int i) {
    return Map.of("rule", rawRule(i), "revision", i, "atMs", NOW);
  }

  private Object change(int i) {
    return Map.of(
        "revision",
        i,
        "atMs",
        NOW,
        "author",
        texts.get(i),
        "change",
        rawRule(i),
        "outcome",
        "refused",
        "refusal",
        "bad-name",
        "detail",
        texts.get(i));
  }

  private Object token(int i) {
    return Map.of("id", i, "text", texts.get(i));
  }

  private Object codePage() {
    List<Object> contexts =
        IntStream.range(0, 8)
            .<Object>mapToObj(
                i ->
                    Map.of(
                        "request",
                        texts.get(i),
                        "position",
                        i,
                        "focus",
                        1,
                        "live",
                        true,
                        "atMs",
                        NOW,
                        "tokens",
                        List.of(token(i), token(i + 1), token(i + 2))))
            .toList();
    List<Object> bars =
        IntStream.range(0, 8)
            .<Object>mapToObj(i -> Map.of("token", token(i), "logit", 1.5, "firings", 3, "over", 0))
            .toList();
    return Map.of(
        "model",
        texts.get(3),
        "code",
        texts.get(4),
        "firings",
        8,
        "live",
        0,
        "positions",
        10,
        "rate",
        0.8,
        "knownSinceMs",
        NOW,
        "contexts",
        contexts,
        "firedOn",
        bars,
        "promotes",
        bars);
  }

  /// A request whose tokens are the texts, as server-sent events.
  private String stream() {
    var body = new StringBuilder();
    event(body, "started", Map.of("promptTokens", List.of(10, 1, 2), "promptRevision", -1));
    for (int i = 0; i < TEXTS; i++) {
      List<Object> tops =
          IntStream.range(0, 8)
              .<Object>mapToObj(k -> Map.of("id", k, "text", texts.get(k), "logprob", -1.0))
              .toList();
      event(
          body,
          "tokens",
          Map.of(
              "tokens",
              List.of(
                  Map.of(
                      "index",
                      i,
                      "id",
                      i,
                      "text",
                      texts.get(i),
                      "logprob",
                      -1.0,
                      "topLogprobs",
                      tops,
                      "revision",
                      3,
                      "steered",
                      true))));
      event(
          body,
          "codes",
          Map.of(
              "sites", List.of("L0.mlp"),
              "positions",
                  List.of(Map.of("position", i + 2, "token", 1, "codes", List.of(List.of(i)))),
              "overwritten",
                  List.of(
                      Map.of(
                          "position",
                          i + 2,
                          "site",
                          "L0.mlp",
                          "slot",
                          0,
                          "effective",
                          7,
                          "rule",
                          texts.get(i)))));
    }
    event(
        body, "finished", Map.of("reason", "length", "promptTokens", 3, "completionTokens", TEXTS));
    return body.append("event: end\ndata: {}\n\n").toString();
  }

  private static void event(StringBuilder body, String type, Object json) {
    body.append("event: ").append(type).append("\ndata: ");
    body.append(JSON.writeValueAsString(json)).append("\n\n");
  }
}
