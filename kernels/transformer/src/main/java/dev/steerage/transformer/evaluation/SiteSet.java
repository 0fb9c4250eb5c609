package dev.steerage.transformer.evaluation;

import dev.steerage.domain.codebook.Component;
import dev.steerage.transformer.CodebookSite;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Sites whose codes are forced together.
///
/// @param name as `L1.mlp`, `all attn`, `all`; `none` for no site
/// @param sites by index
public record SiteSet(String name, List<Integer> sites) {
  public SiteSet {
    sites = List.copyOf(sites);
  }

  /// Nothing, every component of every layer, every component of all layers, everything.
  public static List<SiteSet> of(List<CodebookSite> sites) {
    Map<String, List<Integer>> sets = new LinkedHashMap<>();
    sets.put("none", List.of());
    for (CodebookSite site : sites) {
      Component component = site.site().component();
      String name = "L" + site.site().layer() + "." + component.label();
      sets.computeIfAbsent(name, _ -> new ArrayList<>()).add(site.index());
    }
    for (CodebookSite site : sites) {
      String name = "all " + site.site().component().label();
      sets.computeIfAbsent(name, _ -> new ArrayList<>()).add(site.index());
    }
    sets.put("all", sites.stream().map(CodebookSite::index).toList());
    return sets.entrySet().stream().map(set -> new SiteSet(set.getKey(), set.getValue())).toList();
  }
}
