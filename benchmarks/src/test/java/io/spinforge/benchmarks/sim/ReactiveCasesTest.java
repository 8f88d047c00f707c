package io.spinforge.benchmarks.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReactiveCasesTest {
  @TempDir Path folder;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(Path file) {
    return ReactiveCases.run(
        file,
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private int run(String text) throws IOException {
    return run(Files.writeString(folder.resolve("cases.json"), text));
  }

  @Test
  void exampleMeetsItsOwnExpectations() throws URISyntaxException {
    Path example = Path.of(ReactiveCases.class.getResource("reactive-cases.json").toURI());
    int code = run(example);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(out.toString(StandardCharsets.UTF_8)).doesNotContain("EXPECTED");
    assertThat(code).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(26);
  }

  @Test
  void everyStageIsPrinted() throws IOException {
    assertThat(run("[{\"current\": 3, \"target\": 10, \"value\": 900, \"behavior\": \"default\"}]"))
        .isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("case 1: 7 (raw 90, stabilized 90, limited 7)");
  }

  @Test
  void anExpectationThatIsNotMetFails() throws IOException {
    assertThat(run("[{\"current\": 3, \"target\": 10, \"value\": 90, \"expect\": 8}]"))
        .isEqualTo(1);
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("case 1: 9 EXPECTED 8 (");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{}|cases: missing (expected: an array)",
        "{\"case\": []}|case: unknown (expected: cases)",
        "[{\"target\": 1}]|case 1: current: missing (expected: the present number of instances)",
        "[{\"current\": 1}]|case 1: target: missing (expected: above 0)",
        "[{\"current\": 1, \"target\": 5}]|case 1: value: missing (expected: a number)",
        "[{\"current\": -1, \"target\": 5}]|case 1: current: -1 (expected: >= 0)",
        "[{\"current\": 1, \"min\": 3, \"max\": 2}]|case 1: min: 3 (expected: 0 to max)",
        "[{\"current\": 1, \"target\": 5, \"type\": \"cpu\"}]|case 1: type: 'cpu' (expected:"
            + " utilization, average, total, value)",
        "[{\"current\": 1, \"target\": 5, \"instances\": [{\"class\": \"ok\"}]}]|case 1: class:"
            + " 'ok' (expected: ready, missing, unready, ignored)",
        "[{\"current\": 1, \"behavior\": {\"left\": {}}}]|case 1: behavior: left (expected: up,"
            + " down)",
        "[{\"current\": 1, \"behavior\": \"fast\"}]|case 1: behavior: \"fast\" (expected: \"none\","
            + " \"default\", \"legacy\" or an object)",
      })
  void wrongFilesAreNamed(String text, String message) throws IOException {
    assertThat(run(text)).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualToIgnoringNewLines("cases.json: " + message);
  }

  @Test
  void unknownFieldsAreNamed() throws IOException {
    assertThat(run("[{\"name\": \"typo\", \"current\": 1, \"targt\": 5}]")).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("case 1: ", "\"targt\"");
    assertThat(run("[{\"current\": 1, \"target\": 5, \"instances\": [{\"cpu\": 1}]}]"))
        .isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("\"cpu\"");
  }
}
