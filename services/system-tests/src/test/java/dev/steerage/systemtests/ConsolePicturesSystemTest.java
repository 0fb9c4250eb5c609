package dev.steerage.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ScreenshotAnimations;
import dev.steerage.testkit.OutsideTool;
import dev.steerage.testkit.ScratchFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every page as three kinds of people see it, with something going on: everything has a name, the
/// rules of accessibility hold, nothing is wider than the screen, nothing complains. Its pictures
/// go to `console.pictures`.
@Tag("peripheral")
@Timeout(600)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsolePicturesSystemTest {

  private static final double SLOW_MS = 90_000;
  private static final Path PICTURES =
      Path.of(System.getProperty("console.pictures", "target/console-pictures"));
  private static final String UNNAMED =
      """
      all => all.filter(each => each.checkVisibility() && !(each.getAttribute("aria-label")
        || each.labels?.length || each.textContent.trim() || each.title)).map(each => each.outerHTML)
      """;

  /// What the rules for web content (WCAG 2.2, levels A and AA) say, by axe-core.
  private static final String RULES =
      """
      async () => (await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }))
        .violations.map(each => `${each.id}: ${each.nodes.map(node => node.html).join(" ")}`)
      """;

  private String axe;
  private ScratchFolder data;
  private UpProcess up;
  private Chromium chromium;

  /// Who looks.
  enum Look {
    LIGHT(1280, 800, ColorScheme.LIGHT),
    DARK(1280, 800, ColorScheme.DARK),
    PHONE(390, 844, ColorScheme.LIGHT);

    private final int width;
    private final int height;
    private final ColorScheme scheme;

    Look(int width, int height, ColorScheme scheme) {
      this.width = width;
      this.height = height;
      this.scheme = scheme;
    }
  }

  @BeforeAll
  void start() throws IOException {
    axe =
        Files.readString(
            OutsideTool.needInstalled(Path.of("target/npm/node_modules/axe-core/axe.min.js")));
    chromium = Chromium.start();
    data = ScratchFolder.create();
    Tales.build(data.path());
    up = UpProcess.start(data.path(), "--http-port", "0");
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

  @ParameterizedTest
  @EnumSource(Look.class)
  void shouldFitEveryPage(Look look) {
    Page page = chromium.page(look.width, look.height, look.scheme);
    page.navigate(up.console() + "#/playground?model=stories");
    traffic(page);
    playground(page);
    check(page, "playground", look);
    automaton(page);
    check(page, "tokfsm", look);
    rules(page, look);
    check(page, "rules", look);
    monitors(page, look);
    check(page, "monitors", look);
    traffic(page);
    go(page, "live?model=stories");
    assertThat(page.locator("svg.lines").first()).isVisible(slow());
    assertThat(page.locator(".numbers strong").first()).not().hasText("–", patient());
    check(page, "live", look);
    codes(page);
    check(page, "codes", look);
    code(page, look);
    check(page, "code", look);
  }

  /// Requests of an ordinary afternoon.
  private void traffic(Page page) {
    page.evaluate(
        """
        () => Promise.all(["Once upon a time", "One day, a girl named", "The dog was"].map((text, i) =>
          fetch("/api/v1/prompts", { method: "POST", headers: { "Content-Type": "application/json" },
            body: JSON.stringify({ model: "stories", text, pace: 4, maxTokens: 220,
              sampling: { temperature: 0.8, seed: i + 1 } }) })))
        """);
  }

  private void playground(Page page) {
    page.getByLabel("Pace").fill("3");
    button(page, "Write").click();
    Locator tokens = page.locator(".pane").first().locator(".tok[data-index]");
    // Written, not visible: a token may be a line's end.
    assertThat(tokens.nth(14)).isAttached(written());
    tokens.nth(8).click();
    page.locator("button.code").first().click();
    button(page, "Activate in all slots").click();
    assertThat(page.locator(".steering-list .chip"))
        .containsText(Pattern.compile("holds from token \\d+"), slowText());
    assertThat(tokens.nth(60)).isAttached(written());
    page.evaluate("scrollTo(0, 0)");
  }

  private void automaton(Page page) {
    go(page, "automaton?model=tokfsm");
    button(page, "Send 96 walks").click();
    assertThat(page.getByText(Pattern.compile("positions read"))).isVisible(slow());
    button(page, "Write").click();
    page.getByLabel("Target state").selectOption("26");
    assertThat(page.locator(".walk-state").nth(8)).isVisible(slow());
    button(page, "Activate the codes of 26").click();
    assertThat(page.locator(".walk-state.t-steered").nth(7)).isVisible(slow());
    assertThat(page.locator(".pairs")).isVisible(slow());
    page.evaluate("scrollTo(0, 0)");
  }

  private void rules(Page page, Look look) {
    go(page, "rules/new?model=stories");
    for (String story : List.of("calm-dragons", "fewer-kings")) {
      String name = story + "." + look.name().toLowerCase(Locale.ROOT);
      go(page, "rules/new?model=stories&for=" + name);
      page.getByLabel("Name").fill(name);
      button(page, "+ percent").click();
      button(page, "+ until").click();
      assertThat(page.locator("#rule-problems")).containsText("valid", slowText());
      button(page, "Publish").click();
      assertThat(page.locator(".rule-item[aria-current=true]")).containsText(name, slowText());
      page.getByLabel("Dismiss").first().click();
    }
    Locator text = page.getByLabel("Rule", new Page.GetByLabelOptions().setExact(true)).last();
    text.fill(text.inputValue().replaceFirst(":0\"", ":99999\""));
    assertThat(page.locator("#rule-problems")).containsText("unknown-code", slowText());
  }

  private void monitors(Page page, Look look) {
    go(page, "rules?model=stories&tab=monitors");
    String name = "few-codes." + look.name().toLowerCase(Locale.ROOT);
    page.getByLabel("Monitor name").fill(name);
    assertThat(page.locator("#monitor-problems")).containsText("valid", slowText());
    button(page, "Publish").click();
    assertThat(page.locator(".rule-item[aria-current=true]")).containsText(name, slowText());
    page.getByLabel("Dismiss").first().click();
    assertThat(page.locator("#monitor-problems")).containsText("valid", slowText());
  }

  private void codes(Page page) {
    go(page, "codes?model=stories");
    page.getByLabel("Regular expression").fill("\\b(he|she|He|She)\\b");
    button(page, "Search").click();
    assertThat(page.locator("svg.scatter circle").nth(5)).isAttached(written());
    assertThat(page.locator(".search-list .neuron").first()).isVisible(slow());
    page.locator(".search-list tbody tr").nth(2).hover();
    page.evaluate("scrollTo(0, 0)");
  }

  private void code(Page page, Look look) {
    page.locator(".search-list a.code").first().click();
    assertThat(page.getByLabel("In the corpus tales").locator("li").first()).isVisible(slow());
    if (look == Look.LIGHT) {
      button(page, "Add label").click();
      page.getByRole(
              AriaRole.TEXTBOX, new Page.GetByRoleOptions().setName(Pattern.compile("Label of")))
          .fill("he or she");
      button(page, "Save").click();
    }
    assertThat(page.locator(".code-title")).hasText("he or she", patient());
    page.evaluate("scrollTo(0, 0)");
  }

  private void check(Page page, String name, Look look) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setAnimations(ScreenshotAnimations.DISABLED)
            .setPath(PICTURES.resolve(name + "-" + look.name().toLowerCase(Locale.ROOT) + ".png")));
    assertThat(
            (List<?>)
                page.locator("button,input,select,textarea,a,[role=button]").evaluateAll(UNNAMED))
        .as("controls of %s without a name", name)
        .isEmpty();
    assertThat((int) page.evaluate("document.documentElement.scrollWidth"))
        .as("width of %s", name)
        .isLessThanOrEqualTo(look.width);
    page.evaluate(axe);
    assertThat((List<?>) page.evaluate(RULES)).as("accessibility of %s", name).isEmpty();
    assertThat(chromium.complaints()).isEmpty();
  }

  private void go(Page page, String route) {
    page.navigate(up.console() + "#/" + route);
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static LocatorAssertions.HasTextOptions patient() {
    return new LocatorAssertions.HasTextOptions().setTimeout(SLOW_MS);
  }

  private static LocatorAssertions.IsAttachedOptions written() {
    return new LocatorAssertions.IsAttachedOptions().setTimeout(SLOW_MS);
  }

  private static LocatorAssertions.IsVisibleOptions slow() {
    return new LocatorAssertions.IsVisibleOptions().setTimeout(SLOW_MS);
  }

  private static LocatorAssertions.ContainsTextOptions slowText() {
    return new LocatorAssertions.ContainsTextOptions().setTimeout(SLOW_MS);
  }
}
