package dev.steerage.cli.automaton;

import dev.steerage.domain.automaton.Automaton;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// An automaton as numpy stores a matrix of transition probabilities: `fsm.npy` of the authors.
public final class NumpyMatrix {
  private static final int HEAD_BYTES = 128;
  private static final int MAGIC_BYTES = 10;

  private NumpyMatrix() {}

  /// The file's bytes: format 1.0, float64, rows by state.
  public static byte[] of(Automaton automaton) {
    int states = automaton.states();
    ByteBuffer file =
        ByteBuffer.allocate(HEAD_BYTES + states * states * Double.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    file.put((byte) 1).put((byte) 0).putShort((short) (HEAD_BYTES - MAGIC_BYTES));
    String head =
        "{'descr': '<f8', 'fortran_order': False, 'shape': (%d, %d), }".formatted(states, states);
    file.put(
        (head + " ".repeat(HEAD_BYTES - MAGIC_BYTES - 1 - head.length()) + "\n")
            .getBytes(StandardCharsets.US_ASCII));
    for (int from = 0; from < states; from++) {
      double share = 1.0 / automaton.after(from).size();
      for (int to = 0; to < states; to++) {
        file.putDouble(automaton.allows(from, to) ? share : 0);
      }
    }
    return file.array();
  }
}
