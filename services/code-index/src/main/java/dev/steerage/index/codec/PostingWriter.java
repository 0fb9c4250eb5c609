package dev.steerage.index.codec;

/// Where each code of a site fired: all lists one after the other, in chunks that are decoded by
/// themselves.
///
/// Bytes: positions, postings; of each chunk the word offset and the posting before its first one
/// in the same list (-1: none), four bytes each; the word offset of the end; then the chunks. How
/// long each list is stands elsewhere.
public final class PostingWriter {
  static final int CHUNK = 1024;

  private static final int HALF_BITS = 12;

  private PostingWriter() {}

  /// @param postings of all codes, ascending in each list
  /// @param starts index of each code's first posting, and of the end
  public static void write(
      int[] postings, int[] starts, int positions, PostingModels models, Output to) {
    int total = starts[starts.length - 1];
    to.i32(positions);
    to.i32(total);
    int chunks = (total + CHUNK - 1) / CHUNK;
    int directory = to.size();
    for (int i = 0; i < 2 * chunks + 1; i++) {
      to.i32(0);
    }
    int data = to.size();
    var encoder = new RansEncoder();
    int code = 0;
    for (int chunk = 0; chunk < chunks; chunk++) {
      int from = chunk * CHUNK;
      int end = Math.min(total, from + CHUNK);
      while (starts[code + 1] <= from) {
        code++;
      }
      int base = starts[code] == from ? -1 : postings[from - 1];
      to.setI32(directory + 8 * chunk, (to.size() - data) / 2);
      to.setI32(directory + 8 * chunk + 4, base);
      int last = code;
      while (starts[last + 1] < end) {
        last++;
      }
      encode(encoder, postings, starts, positions, models, from, end, last);
      encoder.finish(to);
    }
    to.setI32(directory + 8 * chunks, (to.size() - data) / 2);
  }

  private static void encode(
      RansEncoder encoder,
      int[] postings,
      int[] starts,
      int positions,
      PostingModels models,
      int from,
      int end,
      int lastCode) {
    encoder.reset();
    int code = lastCode;
    SymbolModel model = null;
    for (int i = end - 1; i >= from; i--) {
      while (starts[code] > i) {
        code--;
        model = null;
      }
      if (model == null) {
        model = models.of(starts[code + 1] - starts[code], positions);
      }
      int gap = postings[i] - (i == starts[code] ? -1 : postings[i - 1]);
      int symbol = Gaps.symbol(gap);
      int state = i - from & RansEncoder.STATES - 1;
      int rawBits = Gaps.rawBits(symbol);
      int raw = Gaps.raw(gap, rawBits);
      int low = Math.min(HALF_BITS, rawBits);
      encoder.pushBits(raw >>> low, rawBits - low, state);
      encoder.pushBits(raw & (1 << low) - 1, low, state);
      encoder.push(model, symbol, state);
    }
  }
}
