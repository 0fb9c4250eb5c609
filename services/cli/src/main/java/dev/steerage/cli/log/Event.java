package dev.steerage.cli.log;

import dev.steerage.schemas.codec.Decoded;

/// One record of a topic, as a person sees it.
///
/// @param raw the value's bytes, untouched
/// @param timestampMs the record's time, epoch milliseconds
public record Event<V>(
    String topic,
    int partition,
    long offset,
    long timestampMs,
    String key,
    Decoded<V> value,
    byte[] raw) {}
