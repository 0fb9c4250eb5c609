package dev.steerage.index.codec;

import java.util.Objects;

/// Symbol models as bytes.
final class ModelText {
  private ModelText() {}

  /// Shares as numbers with runs of zeros cut short, then the rare symbols as differences.
  static void write(SymbolModel model, Output to) {
    int symbols = model.symbols();
    to.varint(symbols);
    for (int symbol = 0; symbol < symbols; ) {
      to.varint(model.share[symbol]);
      int zeros = 0;
      if (model.share[symbol] == 0) {
        while (symbol + zeros + 1 < symbols && model.share[symbol + zeros + 1] == 0) {
          zeros++;
        }
        to.varint(zeros);
      }
      symbol += 1 + zeros;
    }
    to.varint(model.rare.length);
    int before = 0;
    for (int rare : model.rare) {
      to.varint(rare - before);
      before = rare;
    }
  }

  static SymbolModel read(Input from, int bits) {
    int[] share = new int[Objects.checkIndex(from.varint(), Character.MAX_VALUE)];
    for (int symbol = 0; symbol < share.length; symbol++) {
      share[symbol] = from.varint();
      if (share[symbol] == 0) {
        symbol += from.varint();
      }
    }
    int[] rare = new int[Objects.checkIndex(from.varint(), Character.MAX_VALUE)];
    int before = 0;
    for (int i = 0; i < rare.length; i++) {
      before += from.varint();
      rare[i] = before;
    }
    return SymbolModel.restore(bits, share, rare);
  }
}
