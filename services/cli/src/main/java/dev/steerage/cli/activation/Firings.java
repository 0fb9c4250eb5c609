package dev.steerage.cli.activation;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import dev.steerage.schemas.sbe.ActivationsDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The natural codes of consecutive positions of one request.
///
/// @param promptLength tokens of the prompt; position `promptLength - 1` chose token 0
/// @param firstPosition absolute position of the first entry of `tokens` and `codes`
/// @param sites the captured sites
/// @param tokens the token id read at each position
/// @param codes by position, site and slot; slot 0 is the most similar
public record Firings(
    String model,
    String request,
    int promptLength,
    int firstPosition,
    List<Site> sites,
    List<Integer> tokens,
    List<int[][]> codes) {
  public Firings {
    sites = List.copyOf(sites);
    tokens = List.copyOf(tokens);
    codes = List.copyOf(codes);
  }

  /// Reads an activation message; empty where it is none.
  public static Optional<Firings> read(byte[] message) {
    ActivationsDecoder in = new ActivationsDecoder();
    if (in.wrap(message).isPresent()) {
      return Optional.empty();
    }
    List<Site> sites = new ArrayList<>();
    for (int site = 0; site < in.sites(); site++) {
      sites.add(in.site(site));
    }
    List<Integer> tokens = new ArrayList<>();
    List<int[][]> codes = new ArrayList<>();
    for (int i = 0; i < in.positions(); i++) {
      tokens.add(in.token(i));
      codes.add(codes(in, i));
    }
    return Optional.of(
        new Firings(
            in.model(), in.request(), in.promptLength(), in.firstPosition(), sites, tokens, codes));
  }

  private static int[][] codes(ActivationsDecoder in, int position) {
    int[][] codes = new int[in.sites()][];
    for (int site = 0; site < codes.length; site++) {
      codes[site] = new int[in.slots(site)];
      for (int slot = 0; slot < codes[site].length; slot++) {
        codes[site][slot] = in.code(position, site, slot);
      }
    }
    return codes;
  }

  /// The codes at the `i`th position, in the order of sites and slots.
  public List<Code> codesAt(int i) {
    List<Code> fired = new ArrayList<>();
    for (int site = 0; site < sites.size(); site++) {
      for (int code : codes.get(i)[site]) {
        fired.add(new Code(sites.get(site), code));
      }
    }
    return fired;
  }
}
