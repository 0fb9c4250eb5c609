package dev.steerage.domain.steering;

import dev.steerage.domain.codebook.Code;

/// An action of a rule that has no effect because another rule needs the room: there are k slots, C
/// - k codes that can be banned, and a limit on appends.
///
/// @param code what gave way
/// @param loser the rule that gave way: the lower priority, the lower id among equals
/// @param winner the rule that it gave way to
public record SlotConflict(Code code, String loser, String winner) {}
