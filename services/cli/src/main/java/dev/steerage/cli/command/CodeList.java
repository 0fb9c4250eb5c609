package dev.steerage.cli.command;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Component;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.index.FoundCodes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// How a list of codes is written for other tools.
enum CodeList {
  /// One id per line, as everywhere here.
  IDS,
  /// `layer.head: codes`, as the authors of *Codebook Features* list them; attention heads only.
  AUTHORS,
  /// `model/layer-site/code`, as Neuronpedia names features.
  NEURONPEDIA,
  /// Entries of the authors' `demo_codes.txt`, with the scores of a search; attention heads only.
  DEMO;

  /// The lines of these codes.
  List<String> lines(String model, List<Code> codes) {
    return switch (this) {
      case IDS -> codes.stream().map(Code::toString).toList();
      case AUTHORS -> byHead(codes);
      case DEMO -> throw new IllegalArgumentException("demo entries have scores");
      case NEURONPEDIA -> codes.stream().map(code -> neuronpedia(model, code)).toList();
    };
  }

  /// An entry of `demo_codes.txt`: a description with its pattern, then a code and its scores.
  static List<String> demo(String pattern, List<FoundCodes.Found> codes) {
    List<String> lines = new ArrayList<>();
    for (FoundCodes.Found found : codes) {
      Site site = found.code().site();
      if (site.component() == Component.ATTN) {
        String label = found.label().isEmpty() ? pattern : found.label();
        lines.add("# " + label.replaceAll("\\R", " ") + ": " + pattern);
        lines.add(
            String.format(
                Locale.ROOT,
                "layer: %d, head: %d, code: %d, precision: %.4f, recall: %.4f, num_acts: %d",
                site.layer(),
                site.head(),
                found.code().id(),
                found.scored().precision(),
                found.scored().recall(),
                found.scored().firings()));
      }
    }
    return lines;
  }

  private static List<String> byHead(List<Code> codes) {
    Map<Site, List<Code>> heads = new TreeMap<>();
    for (Code code : codes) {
      if (code.site().component() == Component.ATTN) {
        heads.computeIfAbsent(code.site(), _ -> new ArrayList<>()).add(code);
      }
    }
    List<String> lines = new ArrayList<>();
    heads.forEach(
        (site, of) ->
            lines.add(
                site.layer()
                    + "."
                    + site.head()
                    + ": "
                    + of.stream()
                        .map(code -> Integer.toString(code.id()))
                        .collect(Collectors.joining(" "))));
    return lines;
  }

  private static String neuronpedia(String model, Code code) {
    String site = code.site().toString();
    return "%s/%d-%s/%d"
        .formatted(model, code.site().layer(), site.substring(site.indexOf('.') + 1), code.id());
  }
}
