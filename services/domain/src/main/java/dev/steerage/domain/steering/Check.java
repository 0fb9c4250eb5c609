package dev.steerage.domain.steering;

import java.util.Arrays;

/// A condition with its parts in arrays, so that asking costs no allocation.
sealed interface Check {
  boolean holds(Reading at);

  record InPhase(boolean generation) implements Check {
    @Override
    public boolean holds(Reading at) {
      return at.isGeneration() == generation;
    }
  }

  record Always() implements Check {
    @Override
    public boolean holds(Reading at) {
      return true;
    }
  }

  record Listed(int[] sorted) implements Check {
    @Override
    public boolean holds(Reading at) {
      return Arrays.binarySearch(sorted, at.position()) >= 0;
    }
  }

  record Range(int from, int to) implements Check {
    @Override
    public boolean holds(Reading at) {
      return at.position() >= from && at.position() < to;
    }
  }

  record Every(int every, int offset) implements Check {
    @Override
    public boolean holds(Reading at) {
      return at.position() >= offset && (at.position() - offset) % every == 0;
    }
  }

  record AfterToken(int[] sorted) implements Check {
    @Override
    public boolean holds(Reading at) {
      return Arrays.binarySearch(sorted, at.token()) >= 0;
    }
  }

  record AfterSequence(int[] tokens) implements Check {
    @Override
    public boolean holds(Reading at) {
      return at.endsWith(tokens);
    }
  }

  record AfterText(int pattern) implements Check {
    @Override
    public boolean holds(Reading at) {
      return at.isMatched(pattern);
    }
  }

  record Counted(int watch, int over, int atLeast) implements Check {
    @Override
    public boolean holds(Reading at) {
      return at.isRecent(watch, over) && at.firedWithin(watch, over) >= atLeast;
    }
  }

  record All(Check[] parts) implements Check {
    @Override
    public boolean holds(Reading at) {
      for (Check part : parts) {
        if (!part.holds(at)) {
          return false;
        }
      }
      return true;
    }
  }

  record Any(Check[] parts) implements Check {
    @Override
    public boolean holds(Reading at) {
      for (Check part : parts) {
        if (part.holds(at)) {
          return true;
        }
      }
      return false;
    }
  }

  record Not(Check part) implements Check {
    @Override
    public boolean holds(Reading at) {
      return !part.holds(at);
    }
  }
}
