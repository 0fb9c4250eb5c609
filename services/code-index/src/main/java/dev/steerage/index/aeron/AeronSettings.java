package dev.steerage.index.aeron;

import dev.steerage.schemas.aeron.TenantKeys;
import java.nio.file.Path;

/// Where the index's streams are.
///
/// @param directory folder of the media driver
/// @param channel where workers and clients reach the index
/// @param maxClients clients that are connected at once
/// @param keys by which they prove for which tenants they speak
public record AeronSettings(Path directory, String channel, int maxClients, TenantKeys keys) {}
