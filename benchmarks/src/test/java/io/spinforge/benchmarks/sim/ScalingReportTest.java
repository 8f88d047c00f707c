package io.spinforge.benchmarks.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScalingReportTest {
  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run() throws IOException {
    return ScalingReport.run(
        folder,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private void trace(String name, int step, int days, boolean gaps) throws IOException {
    SplittableRandom random = new SplittableRandom(step);
    StringBuilder text = new StringBuilder("timestamp_seconds,value\n");
    for (long second = 0; second < days * 86_400L; second += step) {
      double value = 200 - 100 * Math.cos(second * 2 * Math.PI / 86_400) + 5 * random.nextDouble();
      boolean gap = gaps && second > 0 && random.nextInt(20) == 0;
      text.append(gap ? "" : second + "," + value + "\n");
    }
    Files.writeString(folder.resolve(name + ".csv"), text);
  }

  @Test
  void everyTableHasEveryTrace() throws IOException {
    trace("minutes", 300, 9, true);
    trace("hours", 3600, 15, false);
    trace("short", 1800, 3, false);
    Files.writeString(folder.resolve("wrong.csv"), "timestamp_seconds,value\n0,1\nx,2\n");
    assertThat(run()).isZero();
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(text)
        .contains("too short for forecast scores", "simulated with its first half")
        .contains("MASE at 15 min", "WAPE at 60 min", "clairvoyant oracle, startup 10 min")
        .contains("coverage in %", "geometric mean", "% of minutes above 90 % of ready capacity");
    assertThat(text.lines().filter(line -> line.startsWith("  minutes"))).hasSize(15);
    assertThat(text.lines().filter(line -> line.startsWith("  short"))).hasSize(11);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines(
            "wrong.csv: line 3: timestamp 'x' (expected: whole seconds since 1970)");
  }

  @Test
  void anEmptyFolderIsSaid() throws IOException {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).startsWith("no trace in the folder");
  }
}
