package dev.steerage.schemas.index;

import dev.steerage.domain.codebook.Code;
import dev.steerage.domain.codebook.Site;
import java.util.ArrayList;
import java.util.List;

/// Tokens of a recent request and the codes that fired at each.
///
/// @param sites how to read the codes of a position
/// @param positions ascending; positions that the index does not hold are left out
/// @param endPosition one past the last position that the index holds
public record PositionCodes(
    String model, List<SiteSlots> sites, List<Position> positions, int endPosition) {
  public PositionCodes {
    sites = List.copyOf(sites);
    positions = List.copyOf(positions);
  }

  /// A captured site and how many codes of it each position has.
  public record SiteSlots(Site site, int slots) {}

  /// One position.
  ///
  /// @param live not committed yet
  /// @param codes natural code ids, sites in order, slots in order
  public record Position(int position, int token, boolean live, List<Integer> codes) {
    public Position {
      codes = List.copyOf(codes);
    }
  }

  /// The codes of one position with their sites.
  public List<Code> codesOf(Position position) {
    List<Code> codes = new ArrayList<>(position.codes().size());
    int at = 0;
    for (SiteSlots site : sites) {
      for (int slot = 0; slot < site.slots(); slot++) {
        codes.add(new Code(site.site(), position.codes().get(at++)));
      }
    }
    return codes;
  }
}
