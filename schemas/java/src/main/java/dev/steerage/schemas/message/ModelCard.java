package dev.steerage.schemas.message;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import java.util.List;

/// A model that workers serve: the value of `steerage.models`.
///
/// @param hash sha-256 of weights and configuration
/// @param numericClass bits are promised within one
/// @param bosToken id put before a prompt given as text; -1: none
public record ModelCard(
    String model,
    String hash,
    String numericClass,
    int vocabulary,
    int maxPositions,
    int maxBatch,
    int bosToken,
    String tokenizer,
    List<SiteCard> sites,
    List<String> workers) {
  public ModelCard {
    sites = List.copyOf(sites);
    workers = List.copyOf(workers);
  }

  /// What rules and prompts are checked against.
  ///
  /// @throws IllegalArgumentException if a site has no site name
  public ModelShape shape() {
    return new ModelShape(
        model,
        sites.stream()
            .map(
                site ->
                    new SiteShape(
                        Site.parse(site.site()), site.codes(), site.activeCodes(), site.width()))
            .toList(),
        vocabulary,
        maxPositions);
  }

  /// One site: C codes of `width`, k active per token.
  public record SiteCard(String site, int codes, int activeCodes, int width) {}
}
