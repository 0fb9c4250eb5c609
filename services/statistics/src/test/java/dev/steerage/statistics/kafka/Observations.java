package dev.steerage.statistics.kafka;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.schemas.sbe.ActivationsEncoder;
import dev.steerage.schemas.sbe.ActivationsHeader;
import java.util.List;

/// Observations as workers write them, of a model with one site of two slots.
public final class Observations {
  static final String SITE = "L0.mlp";

  private static final ModelShape MODEL =
      new ModelShape("m", List.of(new SiteShape(Site.parse(SITE), 100, 2, 8)), 50, 512);

  private Observations() {}

  /// @param codes two for each position
  public static byte[] of(String tenant, String request, int firstPosition, int... codes) {
    ActivationsEncoder encoder = new ActivationsEncoder();
    encoder.begin(
        new ActivationsHeader(tenant, MODEL, "00".repeat(32), request, 1, 1, List.of(0)),
        0,
        firstPosition);
    for (int i = 0; i < codes.length; i++) {
      if (i % 2 == 0) {
        encoder.position(0);
      }
      encoder.code(codes[i]);
    }
    encoder.encode();
    return encoder.toBytes();
  }
}
