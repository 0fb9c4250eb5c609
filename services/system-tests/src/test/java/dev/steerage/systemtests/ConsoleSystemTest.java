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

/// A person at the console: what is clicked, and what is seen then.
@Tag("peripheral")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleSystemTest {

  private static final double SLOW_MS = 60_000;
  private static final int SOME_TOKENS = 12;
  private static final int MOST_TABS = 60;

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
  void shouldSteerRunningRequestByHand() {
    Page page = open("playground");
    page.getByLabel("Text").fill("0008");
    page.getByLabel("Pace").fill("2");
    page.getByLabel("Tokens").first().fill("60");
    button(page, "Write").click();
    Locator tokens = page.getByLabel("Tokens", new Page.GetByLabelOptions().setExact(true)).last();
    Locator steered = page.locator(".pane").first().locator(".tok[data-index]");
    Locator plain = page.locator(".pane").last().locator(".tok[data-index]");
    assertThat(tokens).isVisible();
    assertThat(steered.nth(SOME_TOKENS)).isVisible(slow());

    steered.nth(2).click();
    page.locator(".site-row", new Page.LocatorOptions().setHasText("L1.mlp"))
        .locator("button.code")
        .first()
        .click();
    button(page, "Activate").click();

    Locator chip = page.locator(".steering-list .chip");
    assertThat(chip).containsText(Pattern.compile("holds from token \\d+"), slowText());
    int from = Integer.parseInt(chip.innerText().replaceAll(".*token (\\d+).*", "$1"));
    assertThat(from).isGreaterThan(SOME_TOKENS);
    assertThat(page.getByLabel("steering 1 holds from token " + from)).isVisible(slow());
    assertThat(page.locator(".pane").first().getByRole(AriaRole.STATUS))
        .containsText("60 tokens", slowText());
    assertThat(page.locator(".pane").last().getByRole(AriaRole.STATUS))
        .containsText("60 tokens", slowText());

    List<String> before = steered.allInnerTexts().subList(0, from);
    assertThat(before).isEqualTo(plain.allInnerTexts().subList(0, from));
    for (int i = 0; i < 60; i++) {
      boolean isMarked = steered.nth(i).getAttribute("class").contains("t-steered");
      assertThat(isMarked).as("token %d is marked as steered", i).isEqualTo(i >= from);
    }
    assertThat(page.locator(".pane").last().locator(".t-steered")).hasCount(0);
    assertThat(chromium.complaints()).isEmpty();
  }

  @Test
  void shouldMakeAutomatonBelieveThatItIsElsewhere() {
    Page page = open("automaton");
    button(page, "Send 96 walks").click();
    assertThat(page.getByText(Pattern.compile("positions read"))).isVisible(slow());
    page.getByLabel("Pace").selectOption("10");
    button(page, "Write").click();
    page.getByLabel("Target state").selectOption("26");
    assertThat(page.locator(".walk-state").nth(6)).isVisible(slow());
    button(page, "Activate the codes of 26").click();

    Locator note = page.locator(".notice.steer");
    assertThat(note).containsText(Pattern.compile("First affected token: \\d+"), slowText());
    assertThat(note)
        .containsText(Pattern.compile("before, \\d+ of (1[0-9]|[2-9][0-9]) after"), slowText());
    String told = note.innerText().replace('\n', ' ');
    assertThat(share(told, "before")).as(told).isLessThan(0.5);
    assertThat(share(told, "after")).as(told).isGreaterThan(0.7);

    Locator measured = page.getByLabel("Next state").locator("p.small strong");
    assertThat(measured.nth(3)).isVisible(slow());
    assertThat(percent(measured.nth(2))).isLessThan(50);
    assertThat(percent(measured.nth(3))).isGreaterThan(70);
    button(page, "Let go").click();
    assertThat(note).hasCount(0, gone());
    assertThat(page.evaluate("fetch('/api/v1/rules').then((answer) => answer.text())"))
        .as("rules in force")
        .asString()
        .doesNotContain("fsm-");
    assertThat(chromium.complaints()).isEmpty();
  }

  @Test
  void shouldRefuseUnknownCodeWhileTypingAndPublishTheRest() {
    Page page = open("rules/new");
    page.getByLabel("Name").fill("from-browser");
    Locator text = page.getByLabel("Rule", new Page.GetByLabelOptions().setExact(true)).last();
    text.fill(rule("L0.mlp:99999"));
    assertThat(page.locator("#rule-problems")).containsText("unknown-code", slowText());
    assertThat(button(page, "Publish")).isDisabled();

    text.fill(rule("L0.mlp:3"));
    assertThat(page.locator("#rule-problems")).containsText("valid", slowText());
    button(page, "Publish").click();
    assertThat(page.locator(".rule-item[aria-current=true]"))
        .containsText("from-browser", slowText());

    button(page, "Remove").click();
    assertThat(page.locator(".rule-item", has("from-browser"))).hasCount(0, gone());
    page.getByRole(AriaRole.TAB, new Page.GetByRoleOptions().setName("Log")).click();
    assertThat(page.locator("table.log tbody tr", has("removed rule from-browser")))
        .containsText("accepted", slowText());
    assertThat(page.locator("table.log tbody tr", has("put rule from-browser")))
        .containsText("accepted", slowText());
    assertThat(chromium.complaints()).isEmpty();
  }

  @Test
  void shouldSteerByKeyboardAlone() {
    Page page = open("playground");
    assertThat(button(page, "Write")).isEnabled();
    page.keyboard().press("Tab");
    tabTo(page, "textarea");
    page.keyboard().press("Control+a");
    page.keyboard().type("0008");
    tabTo(page, "button.primary");
    page.keyboard().press("Enter");
    assertThat(page.locator(".pane").first().getByRole(AriaRole.STATUS))
        .containsText("length", slowText());

    tabTo(page, ".pane .tok");
    page.keyboard().press("ArrowRight");
    page.keyboard().press("ArrowRight");
    Locator picked = page.locator(".tok[aria-pressed=true]");
    assertThat(picked).hasAttribute("data-index", "1");
    assertThat(picked).isFocused();
    tabTo(page, ".site-row button.code");
    page.keyboard().press("Enter");
    tabTo(page, "button.activate");
    page.keyboard().press("Enter");
    assertThat(page.locator(".steering-list .chip")).containsText("next request", slowText());
    assertThat(chromium.complaints()).isEmpty();
  }

  /// Presses Tab until something that matches has the focus.
  private static void tabTo(Page page, String selector) {
    for (int i = 0; i < MOST_TABS; i++) {
      if ((boolean) page.evaluate("(one) => document.activeElement.matches(one)", selector)) {
        return;
      }
      page.keyboard().press("Tab");
    }
    throw new AssertionError("no way by Tab to " + selector + " in " + MOST_TABS + " steps");
  }

  @Test
  void shouldComeBackOnReload() {
    Page page = open("rules");
    assertThat(button(page, "Light or dark")).isVisible(slow());
    button(page, "Light or dark").click();

    // Now every file is in the browser's cache and only asked whether it is still the same.
    page.reload();

    assertThat(page.locator(".rule-list")).isVisible(slow());
    assertThat(page.locator("html")).hasAttribute("data-theme", "dark");
    assertThat(chromium.complaints()).isEmpty();
  }

  private Page open(String route) {
    Page page = chromium.page();
    page.navigate(up.console() + "#/" + route);
    return page;
  }

  private static String rule(String code) {
    return "{\"model\": \"tokfsm\", \"match\": {\"labels\": {\"nobody\": \"here\"}}, \"do\":"
        + " [{\"ban\": [\""
        + code
        + "\"]}]}";
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

  private static LocatorAssertions.HasCountOptions gone() {
    return new LocatorAssertions.HasCountOptions().setTimeout(SLOW_MS);
  }

  private static LocatorAssertions.ContainsTextOptions slowText() {
    return new LocatorAssertions.ContainsTextOptions().setTimeout(SLOW_MS);
  }

  private static double share(String told, String when) {
    String[] parts = told.replaceAll(".*?(\\d+) of (\\d+) " + when + ".*", "$1 $2").split(" ");
    return Double.parseDouble(parts[0]) / Double.parseDouble(parts[1]);
  }

  private static double percent(Locator text) {
    return Double.parseDouble(text.innerText().replaceAll("[^0-9.]", ""));
  }
}
