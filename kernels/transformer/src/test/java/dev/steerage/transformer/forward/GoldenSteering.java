package dev.steerage.transformer.forward;

import dev.steerage.transformer.TestModels;
import dev.steerage.transformer.intervention.SiteSteering;
import dev.steerage.transformer.intervention.SlotWrite;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;

/// Reads the interventions of the golden vectors, which are written as the authors' hook settings.
final class GoldenSteering {
  private GoldenSteering() {}

  /// What holds at one position of a forward of `length` positions.
  static SiteSteering of(JsonNode patches, JsonNode hook, int position, int length) {
    SiteSteering.Builder builder = SiteSteering.builder();
    addHook(builder, hook, position);
    for (JsonNode patch : patches) {
      if (holdsAt(patch.get("pos"), position, length)) {
        addPatch(builder, patch);
      }
    }
    return builder.build();
  }

  private static void addHook(SiteSteering.Builder builder, JsonNode hook, int position) {
    for (JsonNode slot : hook.path("disable_sim_idx")) {
      builder.write(SlotWrite.BLOCKED, slot.intValue());
    }
    JsonNode tokens = hook.path("disable_for_tkns");
    if (tokens.isArray() && !holdsAt(tokens, position, position + 1)) {
      return;
    }
    boolean keep = hook.path("keep_k_codes").asBoolean(true);
    int top = hook.path("disable_topk").asInt(0);
    for (JsonNode code : hook.path("disable_codes")) {
      if (keep) {
        builder.ban(code.intValue());
      } else {
        builder.ablate(code.intValue());
      }
    }
    if (keep) {
      builder.disableTop(top);
      return;
    }
    for (int slot = 0; slot < top; slot++) {
      builder.write(SlotWrite.BLOCKED, slot);
    }
  }

  private static void addPatch(SiteSteering.Builder builder, JsonNode patch) {
    int code = patch.get("code").intValue();
    JsonNode slot = patch.get("code_pos");
    if (slot.isNull()) {
      builder.write(code, SlotWrite.ALL_SLOTS);
    } else if (slot.isInt()) {
      builder.write(code, slot.intValue());
    } else if (slot.stringValue().equals("append")) {
      builder.append(code);
    } else {
      throw new IllegalArgumentException("patch: " + patch);
    }
  }

  private static boolean holdsAt(JsonNode positions, int position, int length) {
    if (positions.isNull()) {
      return true;
    }
    if (positions.isArray()) {
      return Arrays.stream(TestModels.ints(positions)).anyMatch(p -> p == position);
    }
    int wanted = positions.intValue();
    return position == (wanted < 0 ? length + wanted : wanted);
  }
}
