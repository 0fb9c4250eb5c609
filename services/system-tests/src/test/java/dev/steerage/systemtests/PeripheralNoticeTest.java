package dev.steerage.systemtests;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Makes the build say what it leaves out.
class PeripheralNoticeTest {

  @Test
  void shouldRunPeripheralTestsInTheirProfile() {
    Assumptions.abort(
        "tests with outside tools (kcat, chromium) run with ./mvnw verify -Pperipheral");
  }
}
