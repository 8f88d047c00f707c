package io.spinforge.benchmarks.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What nginx 1.22.1 did in scripts of {@code NginxDifferential}, written with its {@code --record},
 * against the balancer of today.
 */
class RecordingsTest {
  private static final Path RECORDINGS = Path.of("src/test/resources/nginx/recordings-1.22.1.txt");
  private static final int LEAST = 300;

  @Test
  void theBalancerChoosesAsNginxDid() throws IOException {
    List<String> lines = Files.readAllLines(RECORDINGS);
    assertThat(lines).hasSizeGreaterThanOrEqualTo(LEAST);
    assertThat(lines.stream().flatMap(line -> Replay.of(line).difference().stream())).isEmpty();
  }

  @Test
  void recordingsHaveEverythingInThem() throws IOException {
    List<String> lines = Files.readAllLines(RECORDINGS);
    for (String start : List.of("rr 0", "rr 1", "rr 2", "rr 3")) {
      assertThat(lines).filteredOn(line -> line.startsWith(start)).hasSizeGreaterThan(20);
      String leastConn = start.replace("rr", "least_conn");
      assertThat(lines).filteredOn(line -> line.startsWith(leastConn)).hasSizeGreaterThan(20);
    }
    for (String event : List.of(" >-", " @5", "e", "c", "r", "h", "x")) {
      assertThat(lines).filteredOn(line -> line.contains(event)).hasSizeGreaterThan(20);
    }
    assertThat(lines).filteredOn(RecordingsTest::asksABackup).hasSizeGreaterThan(40);
    assertThat(lines)
        .filteredOn(line -> line.split(" ", -1)[3].contains(":")) // servers with their own values
        .hasSizeGreaterThan(40);
  }

  private static boolean asksABackup(String line) {
    List<Setup.Server> servers = Setup.parse(line).servers();
    return IntStream.range(0, servers.size())
        .anyMatch(i -> servers.get(i).backup() && line.contains(" >" + (char) ('a' + i)));
  }

  @Test
  void aChoiceThatNginxDidNotMakeIsFound() throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    List<String> missed = new ArrayList<>();
    for (String line : Files.readAllLines(RECORDINGS)) {
      List<Integer> choices = new ArrayList<>();
      for (int i = line.indexOf('>'); i >= 0; i = line.indexOf('>', i + 1)) {
        choices.add(i + 1);
      }
      int at = choices.get(random.nextInt(choices.size()));
      char other = line.charAt(at) == 'a' ? 'b' : 'a';
      String forged = line.substring(0, at) + other + line.substring(at + 1);
      if (Replay.of(forged).difference().isEmpty()) {
        missed.add(forged);
      }
    }
    assertThat(missed).isEmpty();
  }

  @Test
  void setupsAreReadAsTheyAreWritten() {
    for (int seed = 0; seed < 100; seed++) {
      Setup setup = Setup.random(new SplittableRandom(seed));
      assertThat(Setup.parse(setup.toString())).isEqualTo(setup);
    }
    assertThat(Setup.parse("least_conn 2 10 5,1d,3x").block("u", 80, 81))
        .isEqualTo(
            "upstream u { least_conn;"
                + " server 127.0.0.1:80 weight=5 max_fails=2 fail_timeout=10s;"
                + " server 127.0.0.2:80 weight=1 max_fails=2 fail_timeout=10s down;"
                + " server 127.0.0.3:81 weight=3 max_fails=2 fail_timeout=10s; }");
    assertThat(Setup.parse("rr 2 10 5,1b:1/4").block("u", 80, 81))
        .isEqualTo(
            "upstream u {"
                + " server 127.0.0.1:80 weight=5 max_fails=2 fail_timeout=10s;"
                + " server 127.0.0.2:80 weight=1 max_fails=1 fail_timeout=4s backup; }");
  }

  @Test
  void anAnswerThatThereIsNotIsAnError() {
    assertThatThrownBy(() -> Replay.of("rr 1 1 1,1 | >a <0?"))
        .hasMessage("answer: ? (expected: one of + e c r h x)");
  }
}
