package dev.steerage.index.aeron;

import java.nio.file.Path;

/// Where the index's streams are.
///
/// @param directory folder of the media driver
/// @param channel where workers and clients reach the index
/// @param maxClients clients that are connected at once
public record AeronSettings(Path directory, String channel, int maxClients) {}
