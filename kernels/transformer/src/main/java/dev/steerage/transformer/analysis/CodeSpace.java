package dev.steerage.transformer.analysis;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.transformer.CodebookSite;
import dev.steerage.transformer.CodebookTransformer;
import java.util.Arrays;
import java.util.List;

/// All codes of a model under one running number: those of the first site, then those of the next.
///
/// @param sites in canonical order
/// @param first number of the first code of each site, and of one after the last
public record CodeSpace(List<Site> sites, int[] first) {
  public CodeSpace {
    sites = List.copyOf(sites);
    if (first.length != sites.size() + 1) {
      throw new IllegalArgumentException(
          "first: length=" + first.length + ", expected=" + (sites.size() + 1));
    }
  }

  /// The codes of a model.
  public static CodeSpace of(CodebookTransformer model) {
    int[] first = new int[model.sites().size() + 1];
    for (CodebookSite site : model.sites()) {
      first[site.index() + 1] = first[site.index()] + site.codes();
    }
    return new CodeSpace(model.sites().stream().map(CodebookSite::site).toList(), first);
  }

  /// Number of codes.
  public int size() {
    return first[first.length - 1];
  }

  public int number(int site, int code) {
    return first[site] + code;
  }

  /// Index of the site of a code.
  public int siteOf(int number) {
    int at = Arrays.binarySearch(first, number);
    if (at < 0) {
      return -at - 2;
    }
    // Sites without codes share their number with the next one.
    while (first[at + 1] == number) {
      at++;
    }
    return at;
  }

  public Code code(int number) {
    int site = siteOf(number);
    return new Code(sites.get(site), number - first[site]);
  }
}
