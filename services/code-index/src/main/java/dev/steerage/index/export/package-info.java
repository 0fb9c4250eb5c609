/// Corpora as files of other programs: JSON lines, Parquet, NumPy.
package dev.steerage.index.export;
