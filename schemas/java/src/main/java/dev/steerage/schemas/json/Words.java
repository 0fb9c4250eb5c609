package dev.steerage.schemas.json;

import dev.steerage.schemas.message.Refusal;
import java.util.Locale;

/// Enum constants as people write them: `FENCE_TIMEOUT` is `fence-timeout`.
public final class Words {
  private Words() {}

  /// The word of a constant.
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static <E extends Enum<E>> E read(String field, String word, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (of(constant).equals(word)) {
        return constant;
      }
    }
    throw new BadJson(Refusal.MALFORMED, "field '" + field + "' holds an unknown word");
  }
}
