package dev.steerage.cli.command;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads code lists of other tools: lines of ids in either form, the authors' `layer.head: codes`,
/// and their `demo_codes.txt`.
///
/// @param codes by the name that a line `# name` gave to those after it; empty: none did
/// @param descriptions of the codes of `demo_codes.txt`
record CodeListFile(Map<String, List<Code>> codes, Map<Code, String> descriptions) {
  private static final Pattern HEAD = Pattern.compile("(\\d+)\\.(\\d+)\\s*:\\s*\\[?([\\d\\s,]+)]?");
  private static final Pattern FIELD = Pattern.compile("(?i)\\b(layer|head|code)\\b\\D{0,4}(\\d+)");
  private static final int MOST_LINES = 100_000;

  /// Reads lines.
  ///
  /// @param model whose codes they are
  /// @throws IllegalArgumentException naming the line that is none of these
  static CodeListFile read(List<String> lines, String model) {
    if (lines.size() > MOST_LINES) {
      throw new IllegalArgumentException("lines=" + lines.size() + ", limit=" + MOST_LINES);
    }
    var reader = new Reader(model);
    for (int i = 0; i < lines.size(); i++) {
      try {
        reader.line(lines.get(i).strip());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line=" + (i + 1) + ": " + e.getMessage(), e);
      }
    }
    return new CodeListFile(reader.codes, reader.descriptions);
  }

  private static final class Reader {
    private final String model;
    private final Map<String, List<Code>> codes = new LinkedHashMap<>();
    private final Map<Code, String> descriptions = new LinkedHashMap<>();
    private String name = "";

    private Reader(String model) {
      this.model = model;
    }

    private void line(String line) {
      if (line.isEmpty() || line.startsWith("##")) {
        return;
      }
      if (line.startsWith("#")) {
        name = line.substring(1).strip();
        return;
      }
      Map<String, Integer> fields = fields(line);
      if (fields.size() == 3) {
        Code code = head(fields.get("layer"), fields.get("head"), fields.get("code"));
        // The description ends where its pattern begins.
        int colon = name.indexOf(':');
        descriptions.put(code, colon < 0 ? name : name.substring(0, colon).strip());
        return;
      }
      for (String part : line.split(";")) {
        if (!part.isBlank()) {
          add(part.strip());
        }
      }
    }

    private void add(String part) {
      List<Code> to = codes.computeIfAbsent(name, _ -> new ArrayList<>());
      Matcher head = HEAD.matcher(part);
      if (head.matches()) {
        for (String id : head.group(3).strip().split("[\\s,]+")) {
          to.add(head(number(head.group(1)), number(head.group(2)), number(id)));
        }
      } else {
        to.add(Code.parse(part, model));
      }
    }

    private static Map<String, Integer> fields(String line) {
      Map<String, Integer> fields = new LinkedHashMap<>();
      Matcher matcher = FIELD.matcher(line);
      while (matcher.find()) {
        fields.putIfAbsent(matcher.group(1).toLowerCase(Locale.ROOT), number(matcher.group(2)));
      }
      return fields;
    }

    private static Code head(int layer, int head, int code) {
      return new Code(new Site(layer, Component.ATTN, head), code);
    }

    private static int number(String digits) {
      try {
        return Integer.parseInt(digits);
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException("number " + digits + " is too large", e);
      }
    }
  }
}
