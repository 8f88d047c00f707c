package io.spinforge.benchmarks.goals;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The short form of {@link GoalStreams}. */
class GoalStreamsTest {
  @Test
  void everyVerdictOverThirtyDaysIsTheOracles() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    boolean same = GoalStreams.run(60, 1, new PrintStream(out, true, StandardCharsets.UTF_8));
    assertThat(same).as(out.toString(StandardCharsets.UTF_8)).isTrue();
    // All kinds of verdicts came up, or the streams prove little.
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("CRITICAL=", "INSUFFICIENT_DATA=", "OK=", "PAGE=", "TICKET=", "WARN=");
  }
}
