package dev.steerage.ops.product;

import dev.steerage.ops.Floats;
import java.lang.foreign.MemorySegment;

/// A view of a tensor as a matrix: element `(r, c)` lies at `offset + r * row + c * column`.
public record Matrix(MemorySegment tensor, long offset, long row, long column) {
  /// Rows that lie one after the other.
  public static Matrix rows(MemorySegment tensor, long offset, long stride) {
    return new Matrix(tensor, offset, stride, 1);
  }

  /// The same memory with rows and columns exchanged.
  public Matrix transposed() {
    return new Matrix(tensor, offset, column, row);
  }

  float get(int r, int c) {
    return Floats.get(tensor, offset + r * row + c * column);
  }

  void check(String name, int rows, int columns) {
    if (row != 1 && column != 1) {
      throw new IllegalArgumentException(
          name + ": row stride=" + row + ", column stride=" + column + ", limit=one of them 1");
    }
    if (column == 1) {
      Floats.check(name, tensor, offset, row, rows, columns);
    } else {
      Floats.check(name, tensor, offset, column, columns, rows);
    }
  }
}
