package io.spinforge.benchmarks.demo;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);

  @Test
  void onATerminalOneLineIsRewritten() {
    Progress progress = new Progress(out, true);
    progress.state(Duration.ofSeconds(1), "150/s, p99 9 ms");
    progress.state(Duration.ofSeconds(2), "150/s");
    progress.say("done");
    assertThat(bytes.toString(UTF_8))
        .isEqualTo(
            "\033[?7l\r150/s, p99 9 ms\033[K\033[?7h"
                + "\033[?7l\r150/s\033[K\033[?7h"
                + "\r\033[Kdone"
                + System.lineSeparator());
  }

  @Test
  void withoutATerminalThereIsALineEveryFewSeconds() {
    Progress progress = new Progress(out, false);
    for (int second = 0; second < 8; second++) {
      progress.state(Duration.ofSeconds(second), "second " + second);
    }
    progress.say("done");
    assertThat(bytes.toString(UTF_8).lines())
        .containsExactly("second 0", "second 3", "second 6", "done");
  }
}
