package dev.steerage.statistics.window;

import dev.steerage.schemas.message.CodeStatistics;

/// A window as it is held now.
///
/// @param nextOffset every record of the input partition before this offset is counted, none after
/// @param asOfMs broker time of the newest record of the partition
public record LiveStatistics(CodeStatistics statistics, long nextOffset, long asOfMs) {}
