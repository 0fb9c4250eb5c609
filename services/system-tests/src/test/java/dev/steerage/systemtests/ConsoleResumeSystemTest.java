package dev.steerage.systemtests;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.AriaRole;
import dev.steerage.testkit.ChildJvm;
import dev.steerage.testkit.ScratchFolder;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// The gateway dies while a page reads; another one takes its place.
@Tag("peripheral")
@Timeout(300)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleResumeSystemTest {

  private static final double SLOW_MS = 45_000;
  private static final Duration START = Duration.ofSeconds(60);
  private static final int TOKENS = 100;
  private static final Pattern KEY = Pattern.compile("stg_[0-9a-f]{12}_\\S+");

  private ScratchFolder data;
  private UpProcess up;
  private Chromium chromium;
  private ChildJvm gateway;

  @BeforeAll
  void start() {
    chromium = Chromium.start();
    data = ScratchFolder.create();
    up = UpProcess.start(data.path(), "--model", "tokfsm", "--http-port", "0");
  }

  @AfterAll
  void stop() {
    if (gateway != null) {
      gateway.close();
    }
    if (up != null) {
      up.close();
      data.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  @Test
  void shouldGoOnExactlyAfterGatewayWasKilled() {
    String address = startGateway(0);
    Page page = chromium.page();
    page.navigate(address + "#/playground");
    page.getByLabel("Text").fill("00");
    page.getByLabel("Tokens").first().fill(Integer.toString(TOKENS));
    page.getByLabel("Pace").fill("3");
    page.getByLabel("Unsteered beside it, same seed").uncheck();
    button(page, "Write").click();
    Locator tokens = page.locator(".tok[data-index]");
    assertThat(tokens.nth(10)).isVisible(slow());

    gateway.kill();
    Locator status = page.locator(".pane").getByRole(AriaRole.STATUS);
    assertThat(status).containsText("resuming", slowText());
    int read = tokens.count();
    assertThat(read).isLessThan(TOKENS);
    startGateway(URI.create(address).getPort());

    // Of the whole pane, so that a failure shows what the page said.
    assertThat(page.locator(".pane")).containsText(TOKENS + " tokens", slowText());
    assertThat(status).containsText("resumed");
    List<String> indexes =
        tokens.evaluateAll("all => all.map(each => each.dataset.index)") instanceof List<?> all
            ? all.stream().map(Object::toString).toList()
            : List.of();
    assertThat(indexes).isEqualTo(IntStream.range(0, TOKENS).mapToObj(Integer::toString).toList());
    assertThat(String.join("", tokens.allInnerTexts())).isEqualTo(recorded());
    assertThat(chromium.complaints()).isEmpty();
  }

  @Test
  void shouldAskForAKeyAndLetAViewerLookOnly() {
    String keys = data.path().resolve("keys.json").toString();
    String key = viewerKey(keys);
    Page page = chromium.page();
    try (ChildJvm keyed = gateway("keyed", 0, "--keys", keys)) {
      page.navigate(address(keyed) + "#/rules");
      page.getByLabel("API key").fill("stg_000000000000_nobody");
      button(page, "Enter").click();
      assertThat(page.getByLabel("API key")).isVisible(slow());
      page.getByLabel("API key").fill(key);
      button(page, "Enter").click();

      assertThat(page.getByLabel("Model")).isVisible(slow());
      assertThat(page.getByText("New rule")).hasCount(0);
      // A key is nothing for a disk.
      assertThat(page.evaluate("JSON.stringify({ ...localStorage })").toString())
          .doesNotContain(key);
    }
    assertThat(chromium.complaints()).isEmpty();
  }

  private static String viewerKey(String file) {
    try (ChildJvm create =
        Programs.start(
            "key",
            "128m",
            "gateway",
            "key",
            "create",
            "--keys",
            file,
            "--tenant",
            "default",
            "--role",
            "viewer",
            "--name",
            "ana")) {
      return create
          .awaitLine("the key", START, line -> KEY.matcher(line).find())
          .replaceAll(".*(stg_\\S+).*", "$1");
    }
  }

  /// The text as the log has it, read through a gateway that was never killed.
  private String recorded() {
    Page other = chromium.page();
    other.navigate(up.console());
    return (String)
        other.evaluate(
            """
            async () => {
              const { prompts } = await (await fetch("/api/v1/prompts?limit=1")).json();
              const { events } = await (await fetch(`/api/v1/prompts/${prompts[0].request}`)).json();
              return events.flatMap((each) => each.tokens ?? []).map((each) => each.text).join("");
            }
            """);
  }

  private String startGateway(int port) {
    gateway = gateway("gateway", port);
    return address(gateway);
  }

  private ChildJvm gateway(String name, int port, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "gateway",
                "--bootstrap",
                up.bootstrap(),
                "--aeron-dir",
                up.aeronFolder().toString(),
                "--models",
                Programs.models().toString(),
                "--port",
                Integer.toString(port)));
    args.addAll(List.of(more));
    return Programs.start(name, "256m", args.toArray(String[]::new));
  }

  private static String address(ChildJvm gateway) {
    String line = gateway.awaitLine("ready line", START, each -> each.startsWith("ready"));
    return line.replaceAll(".*(http://\\S+).*", "$1");
  }

  private static Locator button(Page page, String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  private static LocatorAssertions.IsVisibleOptions slow() {
    return new LocatorAssertions.IsVisibleOptions().setTimeout(SLOW_MS);
  }

  private static LocatorAssertions.ContainsTextOptions slowText() {
    return new LocatorAssertions.ContainsTextOptions().setTimeout(SLOW_MS);
  }
}
