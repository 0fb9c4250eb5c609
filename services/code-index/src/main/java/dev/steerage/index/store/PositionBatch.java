package dev.steerage.index.store;

import java.util.Arrays;

/// Consecutive positions of one request as plain arrays; reused from record to record.
///
/// The adapter that fills it checks that a model has the sites and codes.
public final class PositionBatch {
  String request = "";
  int attempt;
  int firstPosition;
  int positions;
  int sites;
  int[] siteIndexes = new int[16];
  int[] slots = new int[16];
  int codesPerPosition;
  int[] tokens = new int[64];
  int[] codes = new int[1024];
  // What rules did: site, the code that they put (-1: none) and the one that they took (-1: none).
  int touches;
  int[] touchedSites = new int[16];
  int[] putCodes = new int[16];
  int[] takenCodes = new int[16];
  String[] touchedBy = new String[16];

  /// Starts a batch.
  public void begin(String newRequest, int newAttempt, int first) {
    request = newRequest;
    attempt = newAttempt;
    firstPosition = first;
    positions = 0;
    sites = 0;
    codesPerPosition = 0;
    touches = 0;
  }

  /// Adds a captured site; all sites come before the first position.
  public void site(int index, int slotCount) {
    if (sites == siteIndexes.length) {
      siteIndexes = Arrays.copyOf(siteIndexes, 2 * sites);
      slots = Arrays.copyOf(slots, 2 * sites);
    }
    siteIndexes[sites] = index;
    slots[sites++] = slotCount;
    codesPerPosition += slotCount;
  }

  /// Adds a position; returns where in [#codes] its codes go.
  public int position(int token) {
    if (positions == tokens.length) {
      tokens = Arrays.copyOf(tokens, 2 * positions);
    }
    int at = positions * codesPerPosition;
    if (codes.length < at + codesPerPosition) {
      codes = Arrays.copyOf(codes, Math.max(2 * codes.length, at + codesPerPosition));
    }
    tokens[positions++] = token;
    return at;
  }

  /// A rule put a code into a slot of a site, took one out of it, or both; -1: none.
  public void touch(int siteIndex, int put, int taken, String rule) {
    if (touches == touchedSites.length) {
      touchedSites = Arrays.copyOf(touchedSites, 2 * touches);
      putCodes = Arrays.copyOf(putCodes, 2 * touches);
      takenCodes = Arrays.copyOf(takenCodes, 2 * touches);
      touchedBy = Arrays.copyOf(touchedBy, 2 * touches);
    }
    touchedSites[touches] = siteIndex;
    putCodes[touches] = put;
    takenCodes[touches] = taken;
    touchedBy[touches++] = rule;
  }

  /// Place of a site among those of the batch; below 0: it was not captured.
  int ordinal(int siteIndex) {
    return Arrays.binarySearch(siteIndexes, 0, sites, siteIndex);
  }

  /// The codes, positions in order; valid until the next [#position].
  public int[] codes() {
    return codes;
  }

  boolean hasLayoutOf(RequestTrace trace) {
    return Arrays.equals(siteIndexes, 0, sites, trace.siteIndexes, 0, trace.siteIndexes.length)
        && Arrays.equals(slots, 0, sites, trace.slots, 0, trace.slots.length);
  }
}
