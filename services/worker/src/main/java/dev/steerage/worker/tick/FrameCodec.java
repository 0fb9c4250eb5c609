package dev.steerage.worker.tick;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.schemas.sbe.ActivationsEncoder;
import dev.steerage.schemas.sbe.ActivationsHeader;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/// Writes the code frames of one request as activation messages.
public final class FrameCodec {
  private final ActivationsHeader header;
  private final int[] captured;

  /// @param first any frame of the request and attempt
  public FrameCodec(ModelShape model, String modelHash, TickEvent.Fired first) {
    captured = first.captured();
    header =
        new ActivationsHeader(
            first.origin().tenant().name(),
            model,
            modelHash,
            first.origin().request(),
            first.attempt(),
            first.promptLength(),
            Arrays.stream(captured).boxed().toList());
  }

  /// Encodes consecutive frames; `written` is given the length of each message while the encoder
  /// holds it.
  public void encode(
      ActivationsEncoder encoder, List<TickEvent.Fired> frames, long tickMs, IntConsumer written) {
    boolean begun = false;
    for (TickEvent.Fired fired : frames) {
      CodeFrame frame = fired.frame();
      int write = 0;
      for (int i = 0; i < frame.positions(); i++) {
        if (begun && encoder.isFull()) {
          written.accept(encoder.encode());
          begun = false;
        }
        if (!begun) {
          encoder.begin(header, tickMs, frame.firstPosition() + i);
          begun = true;
        }
        encoder.position(frame.token(i));
        codes(encoder, frame, i);
        write = overwritten(encoder, fired, i, write);
      }
    }
    if (begun) {
      written.accept(encoder.encode());
    }
  }

  private void codes(ActivationsEncoder encoder, CodeFrame frame, int position) {
    for (int site : captured) {
      int active = frame.layout().activeCodes(site);
      for (int slot = 0; slot < active; slot++) {
        encoder.code(frame.natural(position, site, slot));
      }
    }
  }

  /// @return the first write of a later position
  private int overwritten(
      ActivationsEncoder encoder, TickEvent.Fired fired, int position, int from) {
    CodeFrame frame = fired.frame();
    int write = from;
    while (write < frame.writes() && frame.writePosition(write) == position) {
      int site = frame.writeSite(write);
      if (Arrays.binarySearch(captured, site) >= 0) {
        int rule = frame.writeRule(write);
        encoder.overwritten(
            site,
            frame.writeSlot(write),
            frame.writeCode(write),
            rule < 0 ? null : fired.rules().get(rule));
      }
      write++;
    }
    return write;
  }
}
