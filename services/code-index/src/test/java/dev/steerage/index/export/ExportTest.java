package dev.steerage.index.export;

import static org.assertj.core.api.Assertions.assertThat;

import dev.steerage.domain.codebook.Code;
import dev.steerage.index.corpus.Corpus;
import dev.steerage.index.search.PlantedCorpus;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
  @TempDir Path folder;

  private PlantedCorpus planted;
  private Corpus corpus;

  @BeforeEach
  void write() {
    planted = PlantedCorpus.write(folder.resolve("planted"), 30, 9);
    corpus = planted.open();
  }

  @Test
  void shouldWriteEveryTokenWithItsCodesAsJsonLines() throws IOException {
    Path file = folder.resolve("codes.jsonl");
    List<Long> progress = new ArrayList<>();
    JsonLinesExport.write(corpus, file, progress::add);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize((int) corpus.positions());
    assertThat(progress).containsExactly(corpus.positions());
    List<Code> first = planted.codes(planted.documents().getFirst(), 0);
    assertThat(lines.getFirst())
        .startsWith("{\"document\":0,\"position\":0,\"token\":")
        .contains("\"L0.attn.H0\":[" + first.getFirst().id() + ",")
        .contains("\"L0.mlp\":[" + first.get(6).id() + "," + first.get(7).id() + "]");
  }

  @Test
  void shouldWriteArraysThatNumpyReads() throws IOException {
    NpyExport.write(corpus, folder.resolve("arrays"), _ -> {});
    ByteBuffer codes =
        npy("L0.attn.H1.npy", "'<u2', 'fortran_order': False, 'shape': (%d, 3)", 3 * 2);
    ByteBuffer tokens = npy("tokens.npy", "'<i4', 'fortran_order': False, 'shape': (%d,)", 4);
    ByteBuffer documents = npy("documents.npy", "'<i8'", 8);
    for (int d = 0; d < planted.documents().size(); d++) {
      PlantedCorpus.Document document = planted.documents().get(d);
      for (int i = 0; i < document.piece().tokens().length; i++) {
        assertThat(tokens.getInt()).isEqualTo(document.piece().tokens()[i]);
        assertThat(documents.getLong()).isEqualTo(d);
        for (Code code : planted.codes(document, i).subList(3, 6)) {
          assertThat(codes.getShort()).isEqualTo((short) code.id());
        }
      }
    }
    assertThat(codes.remaining()).isZero();
  }

  private ByteBuffer npy(String name, String description, int bytesEach) throws IOException {
    byte[] bytes = Files.readAllBytes(folder.resolve("arrays").resolve(name));
    assertThat(new String(bytes, 0, 8, StandardCharsets.ISO_8859_1)).isEqualTo("\u0093NUMPY\1\0");
    int header = bytes[8] + 256 * bytes[9];
    assertThat((10 + header) % 64).isZero();
    assertThat(new String(bytes, 10, header, StandardCharsets.US_ASCII))
        .contains(description.formatted(corpus.positions()))
        .endsWith("\n");
    assertThat(bytes.length - 10 - header).isEqualTo(corpus.positions() * bytesEach);
    return ByteBuffer.wrap(bytes, 10 + header, bytes.length - 10 - header)
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void shouldWriteAFileWhoseHeadersApachesOwnCodeReads() throws IOException {
    Path file = folder.resolve("codes.parquet");
    ParquetExport.write(corpus, file, _ -> {});
    byte[] bytes = Files.readAllBytes(file);
    int footer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt(bytes.length - 8);
    FileMetaData meta =
        Util.readFileMetaData(new ByteArrayInputStream(bytes, bytes.length - 8 - footer, footer));
    assertThat(meta.getNum_rows()).isEqualTo(corpus.positions());
    assertThat(meta.getSchema())
        .extracting(SchemaElement::getName)
        .startsWith("codes", "document", "position", "token", "L0.attn.H0_0")
        .hasSize(1 + 3 + corpus.info().idsPerPosition());
    Map<String, List<Long>> columns = new HashMap<>();
    for (RowGroup group : meta.getRow_groups()) {
      for (ColumnChunk chunk : group.getColumns()) {
        columns
            .computeIfAbsent(
                chunk.getMeta_data().getPath_in_schema().getFirst(), _ -> new ArrayList<>())
            .addAll(values(bytes, chunk));
      }
    }
    int row = 0;
    for (int d = 0; d < planted.documents().size(); d++) {
      PlantedCorpus.Document document = planted.documents().get(d);
      for (int i = 0; i < document.piece().tokens().length; i++) {
        assertThat(columns.get("document").get(row)).isEqualTo(d);
        assertThat(columns.get("position").get(row)).isEqualTo(i);
        assertThat(columns.get("token").get(row)).isEqualTo(document.piece().tokens()[i]);
        assertThat(columns.get("L0.mlp_1").get(row))
            .isEqualTo(planted.codes(document, i).get(7).id());
        row++;
      }
    }
    assertThat(row).isEqualTo(meta.getNum_rows());
  }

  private static List<Long> values(byte[] file, ColumnChunk chunk) throws IOException {
    int at = (int) chunk.getMeta_data().getData_page_offset();
    var in = new ByteArrayInputStream(file, at, file.length - at);
    PageHeader page = Util.readPageHeader(in);
    byte[] packed = in.readNBytes(page.getCompressed_page_size());
    int headerBytes = (int) chunk.getMeta_data().getTotal_compressed_size() - packed.length;
    assertThat(chunk.getMeta_data().getTotal_uncompressed_size())
        .isEqualTo(headerBytes + page.getUncompressed_page_size());
    byte[] plain = new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes();
    assertThat(plain).hasSize(page.getUncompressed_page_size());
    ByteBuffer values = ByteBuffer.wrap(plain).order(ByteOrder.LITTLE_ENDIAN);
    boolean isLong = chunk.getMeta_data().getType() == Type.INT64;
    List<Long> all = new ArrayList<>();
    while (values.hasRemaining()) {
      all.add(isLong ? values.getLong() : values.getInt());
    }
    assertThat(all).hasSize(page.getData_page_header().getNum_values());
    return all;
  }
}
