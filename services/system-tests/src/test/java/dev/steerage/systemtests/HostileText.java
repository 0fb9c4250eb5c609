package dev.steerage.systemtests;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Texts that want to be more than text. Each sets `window.pwned` if any part of it ever runs.
final class HostileText {

  private static final String RUN = "window.pwned=1";
  private static final List<String> SHAPES =
      List.of(
          "<script>%s</script>",
          "</script><script>%s</script>",
          "<img src=x onerror=%s>",
          "\"><img src=x onerror=\"%s\">",
          "' onmouseover='%s' x='",
          "<svg onload=%s>",
          "<svg><animate onbegin=%s attributeName=x dur=1s>",
          "<iframe srcdoc=\"<script>parent.%s</script>\">",
          "<a href=\"javascript:%s\">x</a>",
          "javascript:%s",
          "<details open ontoggle=%s>",
          "<math><mi//xlink:href=\"data:x,<script>%s</script>\">",
          "<style>@import 'javascript:%s';</style>",
          "${%s}",
          "{{constructor.constructor('%s')()}}",
          "`;%s;`",
          "*/%s/*",
          "&lt;script&gt;%s&lt;/script&gt;",
          "\\u003cscript\\u003e%s\\u003c/script\\u003e",
          "<!--<script>%s</script>",
          "<template><script>%s</script></template>",
          "<object data=\"javascript:%s\">",
          "<form action=\"javascript:%s\"><button>x</button></form>",
          "]]><script>%s</script>",
          "\n\ndata: {\"type\":\"x\"}\n\nevent: end\n\n<script>%s</script>");
  private static final List<String> AROUND =
      List.of(
          "",
          " ",
          "\t",
          "\u202e",
          "\u0000",
          "\ufeff",
          "'",
          "\"",
          "</",
          "__proto__",
          "constructor",
          "\ud83d\ude00",
          "a\u0300");

  private HostileText() {}

  /// So many different texts, the same ones each time.
  static List<String> texts(int count) {
    var random = new Random(20261121);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String shape = SHAPES.get(i % SHAPES.size()).replace("%s", RUN);
      String before = AROUND.get(random.nextInt(AROUND.size()));
      String after = AROUND.get(random.nextInt(AROUND.size()));
      texts.add(before + shape + after + i);
    }
    return texts;
  }
}
