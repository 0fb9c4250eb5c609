package dev.steerage.schemas.sbe;

import dev.steerage.domain.model.ModelShape;
import dev.steerage.domain.model.SiteShape;
import java.util.List;

/// What all activation messages of one request and attempt share; made once per request.
public final class ActivationsHeader {
  final byte[] tenant;
  final byte[] model;
  final byte[] request;
  final long modelHashPrefix;
  final int attempt;
  final int promptLength;
  final int[] siteIndexes;
  final SiteShape[] sites;
  final int codeWidth;
  final int codesPerPosition;

  /// @param modelHash sha-256 of the model in hexadecimal
  /// @param captured indexes of the captured sites, ascending
  public ActivationsHeader(
      String tenant,
      ModelShape model,
      String modelHash,
      String request,
      int attempt,
      int promptLength,
      List<Integer> captured) {
    this.tenant = Text.bytes("tenant", tenant);
    this.model = Text.bytes("model", model.model());
    this.request = Text.bytes("request", request);
    this.modelHashPrefix = Text.prefix(modelHash);
    this.attempt = attempt;
    this.promptLength = promptLength;
    this.siteIndexes = captured.stream().mapToInt(Integer::intValue).sorted().toArray();
    this.sites = new SiteShape[siteIndexes.length];
    int slots = 0;
    int largest = 0;
    for (int i = 0; i < sites.length; i++) {
      sites[i] = model.sites().get(siteIndexes[i]);
      slots += sites[i].activeCodes();
      largest = Math.max(largest, sites[i].codes());
    }
    this.codesPerPosition = slots;
    this.codeWidth = largest <= 1 << 16 ? 2 : 4;
  }

  /// Codes that one position gives: the sum of k over the captured sites.
  public int codesPerPosition() {
    return codesPerPosition;
  }
}
