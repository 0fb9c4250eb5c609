package dev.steerage.transformer.cuda;

/// What a scan leaves for the choice. Used by one snap after the other; snaps that run beside each
/// other have one each.
final class SnapScratch {
  long normed;
  long slack;
  long heads;
  long entries;
}
