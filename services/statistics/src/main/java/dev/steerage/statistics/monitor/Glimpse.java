package dev.steerage.statistics.monitor;

import dev.steerage.schemas.sbe.ActivationsDecoder;
import java.util.Map;
import java.util.Optional;

/// Some positions of one request, as monitors see them.
///
/// @param codes the frame; valid until the next one is read
/// @param atMs event time: when the broker took it
public record Glimpse(
    String model,
    String request,
    Optional<String> session,
    Map<String, String> labels,
    ActivationsDecoder codes,
    long atMs) {}
