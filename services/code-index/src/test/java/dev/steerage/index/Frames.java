package dev.steerage.index;

import dev.steerage.domain.codebook.Site;
import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import dev.steerage.index.store.KnownModel;
import dev.steerage.schemas.message.ModelCard;
import dev.steerage.schemas.sbe.ActivationsEncoder;
import dev.steerage.schemas.sbe.ActivationsHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Activation messages of a small made-up model.
public final class Frames {
  public static final String MODEL = "toy";
  public static final String HASH = "0123456789abcdef".repeat(4);
  public static final int VOCABULARY = 12;
  public static final int MAX_POSITIONS = 64;

  /// Two sites: 300 codes, 3 active; 1,000 codes, 1 active.
  public static final ModelShape SHAPE =
      new ModelShape(
          MODEL,
          List.of(
              new SiteShape(Site.parse("L0.attn.H0"), 300, 3, 4),
              new SiteShape(Site.parse("L0.mlp"), 1_000, 1, 16)),
          VOCABULARY,
          MAX_POSITIONS);

  private Frames() {}

  public static KnownModel model() {
    return new KnownModel(SHAPE, HASH);
  }

  public static ModelCard card() {
    return new ModelCard(
        MODEL,
        HASH,
        "reference",
        VOCABULARY,
        MAX_POSITIONS,
        8,
        0,
        "characters",
        SHAPE.sites().stream()
            .map(
                site ->
                    new ModelCard.SiteCard(
                        site.site().toString(), site.codes(), site.activeCodes(), site.width()))
            .toList(),
        List.of("w-1"));
  }

  /// What one position holds: its token, then 3 codes of site 0 and 1 of site 1.
  public record Place(int token, int... codes) {}

  /// A message of one request.
  public record Message(
      String tenant, String request, int attempt, int firstPosition, List<Place> places) {
    public byte[] encode() {
      var header = new ActivationsHeader(tenant, SHAPE, HASH, request, attempt, 1, List.of(0, 1));
      var encoder = new ActivationsEncoder().begin(header, 1, firstPosition);
      for (Place place : places) {
        encoder.position(place.token());
        for (int code : place.codes()) {
          encoder.code(code);
        }
      }
      encoder.encode();
      return encoder.toBytes();
    }
  }

  /// Random tokens and codes; few codes, so that they repeat.
  public static List<Place> places(RandomGenerator random, int count) {
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int base = random.nextInt(90);
      places.add(
          new Place(
              random.nextInt(VOCABULARY), base, base + 100, base + 200, random.nextInt(20) * 50));
    }
    return places;
  }
}
