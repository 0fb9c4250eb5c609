package dev.steerage.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import dev.steerage.testkit.ScratchFolder;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What the console shows of a real corpus, real requests and real rules: searches, labels,
/// replays, and the half of a comparison that no rule touches.
@Tag("peripheral")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleCodesSystemTest {
  private static final double SLOW_MS = 60_000;

  /// Overwrites all that four heads say, so that no text stays as it was.
  private static final String FORCE =
      "{\"model\": \"stories\", \"do\": [{\"activate\": [\"L0.attn.H0:5\"], \"slots\": \"all\"},"
          + " {\"activate\": [\"L1.attn.H1:5\"], \"slots\": \"all\"},"
          + " {\"activate\": [\"L2.attn.H2:5\"], \"slots\": \"all\"},"
          + " {\"activate\": [\"L3.attn.H3:5\"], \"slots\": \"all\"}]}";

  private ScratchFolder data;
  private UpProcess up;
  private Chromium chromium;

  @BeforeAll
  void start() {
    chromium = Chromium.start();
    data = ScratchFolder.create();
    Tales.build(data.path());
    up = UpProcess.start(data.path(), "--model", "stories", "--http-port", "0");
  }

  @AfterAll
  void stop() {
    if (up != null) {
      up.close();
    }
    if (data != null) {
      data.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  @Test
  void shouldSearchACorpusAndReachACodeByKeyboard() {
    Page page = open("codes");
    search(page, "\\b(he|she|He|She)\\b");
    Locator points = page.locator("svg.scatter circle");
    assertThat(points.nth(5)).isAttached(attached());
    int found = points.count();
    assertThat(page.locator(".search-list tbody tr")).hasCount(found);
    assertThat(page.locator(".search-examples li").first()).isVisible();
    assertThat(page.locator(".search-examples mark").allInnerTexts())
        .allMatch(token -> token.strip().replace("␣", "").toLowerCase().matches(".*he.*"));
    assertThat(page.getByText(Pattern.compile("more precise than the best neuron"))).isVisible();
    assertThat(page.locator(".search-list .neuron").first()).hasText(Pattern.compile("^L\\d.+\\["));
    assertThat(page.locator("svg.scatter .other").first()).isAttached();
    button(page, "Codes as a table").click();
    assertThat(page.locator("figure .data-table tbody tr")).hasCount(found);
    assertThat(page.locator("figure .data-table thead")).containsText("best neuron");
    button(page, "Codes as a table").click();

    page.locator("svg.scatter").focus();
    page.keyboard().press("ArrowDown");
    page.keyboard().press("ArrowDown");
    String second = page.locator(".search-list tr.on a.code").innerText();
    page.keyboard().press("Enter");

    assertThat(page.getByLabel("Code " + second)).isVisible(slow());
    Locator corpus = page.getByLabel("In the corpus tales");
    assertThat(corpus.locator(".contexts li").first()).isVisible(slow());
    assertThat(page.getByLabel("Tokens whose logit it raises").locator(".name").first())
        .isVisible();
    assertThat(chromium.complaints()).isEmpty();
  }

  @Test
  void shouldKeepALabelAndItsCorrection() {
    Page page = open("codes/L0.attn.H4:386");
    button(page, "Add label").click();
    Locator text = page.getByLabel("Label of L0.attn.H4:386");
    text.fill("<b>dragons</b>");
    text.press("Enter");
    assertThat(page.locator(".code-title")).hasText("<b>dragons</b>", hasText());
    button(page, "Edit label").click();
    text.fill("beasts");
    button(page, "Save").click();
    assertThat(page.locator(".code-title")).hasText("beasts", hasText());

    // As everybody sees it, from the log.
    Page other = open("codes?tab=labels");
    Locator row = other.locator("tbody tr", has("L0.attn.H4:386"));
    assertThat(row).containsText("beasts", slowText());
    assertThat(row).containsText("local");
    assertThat(chromium.complaints()).isEmpty();
  }

  @Test
  void shouldReplayAsRecordedAndAtAnotherRevision() {
    Page page = open("rules?tab=replay");
    String request =
        (String)
            page.evaluate(
                """
                async () => {
                  const send = (method, path, body) => fetch(path, { method, body,
                    headers: { "Content-Type": "application/json" } }).then((answer) => answer.json());
                  const { request } = await send("POST", "/api/v1/prompts", JSON.stringify({
                    model: "stories", text: "Once upon a time, there was a", maxTokens: 24 }));
                  const events = await fetch(`/api/v1/prompts/${request}/events`);
                  await events.text();
                  return request;
                }
                """);
    put(page, "replayed", FORCE);
    try {
      page.getByLabel("Request", new Page.GetByLabelOptions().setExact(true)).fill(request);
      button(page, "Run again").click();
      Locator said = page.getByLabel("Replay").locator(".notice");
      assertThat(said).containsText(Pattern.compile("Identical: 2\\d tokens"), slowText());

      String newest = page.locator(".page-head .lead").innerText().replaceAll("\\D", "");
      page.getByLabel("At revision").fill(newest);
      button(page, "Run again").click();
      assertThat(said).containsText("at revision " + newest, slowText());
      Locator panes = page.locator(".replay-text");
      assertThat(panes.first().locator(".t-steered").first()).isVisible();
      assertThat(panes.first().innerText()).isNotEqualTo(panes.last().innerText());
    } finally {
      remove(page, "replayed");
    }
    assertThat(chromium.complaints()).isEmpty();
  }

  @Test
  void shouldShowUnsteeredTextBesideWhatStandingRulesMakeOfIt() {
    Page page = open("playground");
    page.getByLabel("Tokens").first().fill("20");
    page.getByLabel("Pace").fill("0");
    String unruled = write(page, ".pane");
    put(page, "standing", FORCE);
    try {
      String steered = write(page, ".pane");
      String plain = text(page.locator(".pane").last());
      assertThat(plain).isEqualTo(unruled);
      assertThat(steered).isNotEqualTo(unruled);
      assertThat(page.locator(".pane").first().locator(".tok[data-index].t-steered")).hasCount(20);
      assertThat(page.locator(".pane").last().locator(".t-steered")).hasCount(0);

      button(page, "Divergence per token as a table").click();
      List<String> nats =
          page.locator(".playground-output .data-table tbody td:nth-child(4)").allInnerTexts();
      assertThat(nats).hasSize(20);
      assertThat(nats.stream().filter(each -> !each.equals("–")).mapToDouble(Double::parseDouble))
          .allMatch(each -> each >= 0)
          .anyMatch(each -> each > 0.01);
    } finally {
      remove(page, "standing");
    }
    assertThat(chromium.complaints()).isEmpty();
  }

  /// Writes once; the text of the first pane at its end.
  private String write(Page page, String pane) {
    page.getByRole(
            AriaRole.BUTTON,
            new Page.GetByRoleOptions().setName(Pattern.compile("^(Write|Start again)$")))
        .click();
    for (Locator each : List.of(page.locator(pane).first(), page.locator(pane).last())) {
      assertThat(each.getByRole(AriaRole.STATUS).first()).containsText("20 tokens", slowText());
    }
    return text(page.locator(pane).first());
  }

  private static String text(Locator pane) {
    return String.join("", pane.locator(".tok[data-index]").allTextContents());
  }

  private void search(Page page, String pattern) {
    page.getByLabel("Regular expression").fill(pattern);
    button(page, "Search").click();
  }

  /// Publishes a rule and waits for its verdict.
  private static void put(Page page, String rule, String json) {
    Object status =
        page.evaluate(
            """
            ([rule, json]) => fetch(`/api/v1/rules/${rule}`, { method: "PUT", body: json,
              headers: { "Content-Type": "application/json" } }).then((answer) => answer.status)
            """,
            List.of(rule, json));
    assertThat(status).isEqualTo(200);
  }

  private static void remove(Page page, String rule) {
    page.evaluate("(rule) => fetch(`/api/v1/rules/${rule}`, { method: 'DELETE' })", rule);
  }

  private Page open(String route) {
    Page page = chromium.page();
    page.navigate(up.console() + "#/" + route);
    return page;
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static Page.LocatorOptions has(String text) {
    return new Page.LocatorOptions().setHasText(text);
  }

  private static LocatorAssertions.IsVisibleOptions slow() {
    return new LocatorAssertions.IsVisibleOptions().setTimeout(SLOW_MS);
  }

  private static LocatorAssertions.IsAttachedOptions attached() {
    return new LocatorAssertions.IsAttachedOptions().setTimeout(SLOW_MS);
  }

  private static LocatorAssertions.HasTextOptions hasText() {
    return new LocatorAssertions.HasTextOptions().setTimeout(SLOW_MS);
  }

  private static LocatorAssertions.ContainsTextOptions slowText() {
    return new LocatorAssertions.ContainsTextOptions().setTimeout(SLOW_MS);
  }
}
