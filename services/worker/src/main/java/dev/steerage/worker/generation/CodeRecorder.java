package dev.steerage.worker.generation;

import dev.steerage.transformer.generation.CodeView;
import dev.steerage.worker.rules.RequestSteering;
import dev.steerage.worker.tick.CodeFrame;
import java.util.Optional;

/// Copies the codes of one request's positions until a token is chosen, with what rules wrote over
/// them. Decode thread only.
final class CodeRecorder {
  private final CodeFrame.Layout layout;
  private final RequestSteering steering;
  private final int promptLength;
  private CodeFrame frame;

  CodeRecorder(CodeFrame.Layout layout, RequestSteering steering, int promptLength) {
    this.layout = layout;
    this.steering = steering;
    this.promptLength = promptLength;
  }

  /// @param token read at the position
  void copy(int position, int token, CodeView natural, CodeView effective) {
    if (frame == null) {
      int expected = position < promptLength ? promptLength - position : 1;
      frame = new CodeFrame(layout, position, expected);
    }
    int at = frame.addPosition(token);
    natural.copyTo(frame.natural(), at);
    if (steering.isSteered()) {
      for (int site = 0; site < layout.sites(); site++) {
        if (steering.isSteered(site)) {
          writes(site, layout.activeCodes(site), natural, effective);
        }
      }
    }
  }

  private void writes(int site, int active, CodeView natural, CodeView effective) {
    int slots = effective.slots(site);
    for (int slot = 0; slot < slots; slot++) {
      int code = effective.code(site, slot);
      int was = slot < active ? natural.code(site, slot) : -1;
      if (was != code) {
        frame.addWrite(site, slot, code, steering.ruleOf(site, slot, was, code));
      }
    }
  }

  /// What was copied since the last call.
  Optional<CodeFrame> take() {
    Optional<CodeFrame> taken = Optional.ofNullable(frame);
    frame = null;
    return taken;
  }
}
