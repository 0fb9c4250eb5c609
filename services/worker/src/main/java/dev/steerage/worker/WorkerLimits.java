package dev.steerage.worker;

import dev.steerage.worker.session.SessionLimits;

/// The bounds of a worker. At each of them something visible happens: partitions pause, decoding
/// waits, a record is refused, or live activations are dropped and counted.
///
/// @param sequences requests in the batch
/// @param rowsPerStep positions in one forward
/// @param kvPositions positions held by the KV cache, all requests together; never more than
///   `sequences` of the model's longest context
/// @param prefillChunk prompt positions of one request in one forward
/// @param queued requests taken from Kafka that are not in the batch yet
/// @param tickBytes rough size of the events of one tick; decoding waits beyond it
/// @param recordBytes largest record that a worker writes
/// @param commands commands remembered for requests that have not come yet
/// @param liveFrames live frames waiting for Aeron
/// @param captureSites models of up to so many sites are captured unless the prompt says otherwise
/// @param cachedPositions positions kept for prompts with the same beginning while nobody uses
///   them, within `kvPositions`; 0: none
/// @param session bounds of sessions
public record WorkerLimits(
    int sequences,
    int rowsPerStep,
    int kvPositions,
    int prefillChunk,
    int queued,
    int tickBytes,
    int recordBytes,
    int commands,
    int liveFrames,
    int captureSites,
    int cachedPositions,
    SessionLimits session) {
  /// Right for the models that Steerage ships, on a small machine.
  public static final WorkerLimits USUAL =
      new WorkerLimits(
          256,
          128,
          26_624,
          64,
          256,
          8 << 20,
          512 << 10,
          10_000,
          1_024,
          64,
          26_624,
          SessionLimits.USUAL);

  public WorkerLimits {
    require("sequences", sequences);
    require("rows-per-step", rowsPerStep);
    require("kv-positions", kvPositions);
    require("prefill-chunk", prefillChunk);
    require("queued", queued);
    require("tick-bytes", tickBytes);
    require("record-bytes", recordBytes);
    require("commands", commands);
    require("live-frames", liveFrames);
    if (queued + sequences > 1_200) {
      // The offsets of all of them must fit the metadata of one offset commit.
      throw new IllegalArgumentException(
          "limits: queued + sequences=" + (queued + sequences) + ", limit=1200");
    }
  }

  /// The same bounds with others for sessions.
  public WorkerLimits withSession(SessionLimits other) {
    return new WorkerLimits(
        sequences,
        rowsPerStep,
        kvPositions,
        prefillChunk,
        queued,
        tickBytes,
        recordBytes,
        commands,
        liveFrames,
        captureSites,
        cachedPositions,
        other);
  }

  private static void require(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("limits: " + name + "=" + value + ", limit=1..");
    }
  }
}
