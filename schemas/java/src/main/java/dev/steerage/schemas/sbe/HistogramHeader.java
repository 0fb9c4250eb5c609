package dev.steerage.schemas.sbe;

/// What all histogram messages of one worker, tenant and block of sites share; made once.
public final class HistogramHeader {
  /// Sites of one block: one record, one key.
  public static final int SITES_PER_BLOCK = 16;

  final byte[] tenant;
  final byte[] model;
  final byte[] worker;
  final long modelHashPrefix;
  final int siteBlock;

  /// @param modelHash sha-256 of the model in hexadecimal
  /// @param siteBlock [#blockOf] any of its sites
  public HistogramHeader(
      String tenant, String model, String modelHash, String worker, int siteBlock) {
    this.tenant = Text.bytes("tenant", tenant);
    this.model = Text.bytes("model", model);
    this.worker = Text.bytes("worker", worker);
    this.modelHashPrefix = Text.prefix(modelHash);
    this.siteBlock = siteBlock;
  }

  /// The block of a site.
  public static int blockOf(int siteIndex) {
    return siteIndex / SITES_PER_BLOCK;
  }
}
