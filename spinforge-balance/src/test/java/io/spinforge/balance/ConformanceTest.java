package io.spinforge.balance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.balance.guard.GuardFacts;
import io.spinforge.balance.pick.PickFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The conformance table: what others do, as facts that were worked out from their documents and
 * algorithms, and that the production classes must say too.
 *
 * <p>Each file of {@code src/test/resources/conformance} is Markdown: a section is a kind of fact,
 * {@code ## Kind} and a paragraph on how to read it, and its rows are {@code | given | expected |
 * Project: where it is from |}. What a kind's "given" means is a function of one of the classes of
 * facts. All files together, with a count by project, are {@code CONFORMANCE.md}; {@code
 * -Dconformance.update=true} writes it anew.
 */
class ConformanceTest {
  private static final Path DOCUMENT = Path.of("CONFORMANCE.md");
  private static final Path FOLDER = Path.of("src/test/resources/conformance");
  private static final int LEAST = 150;

  /** The classes of facts. */
  private static final Map<String, UnaryOperator<String>> KINDS =
      Stream.of(PickFacts.KINDS, GuardFacts.KINDS, BalanceFacts.KINDS)
          .collect(HashMap::new, HashMap::putAll, HashMap::putAll);

  record Row(String kind, String given, String expected, String source) {
    String project() {
      return source.substring(0, source.indexOf(':'));
    }

    @Override
    public String toString() {
      return kind + ": " + given + " (" + source + ")";
    }
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatIsGivenYieldsWhatIsExpected(Row row) {
    UnaryOperator<String> kind = requireNonNull(KINDS.get(row.kind), "no facts of this kind");
    assertThat(kind.apply(row.given)).isEqualTo(row.expected);
  }

  @Test
  void everyKindHasRowsAndThereAreEnough() {
    List<Row> rows = rows();
    assertThat(rows.stream().map(Row::kind)).containsAll(KINDS.keySet());
    assertThat(rows).hasSizeGreaterThanOrEqualTo(LEAST).doesNotHaveDuplicates();
  }

  @Test
  void theDocumentIsWhatTheRowsSay() throws IOException {
    String document = document();
    if (Boolean.getBoolean("conformance.update")) {
      Files.writeString(DOCUMENT, document);
    }
    assertThat(DOCUMENT).as("-Dconformance.update=true writes it").hasContent(document);
  }

  private static String document() {
    Map<String, Long> byProject =
        rows().stream()
            .collect(Collectors.groupingBy(Row::project, TreeMap::new, Collectors.counting()));
    StringBuilder text =
        new StringBuilder(
            """
            # Conformance

            Facts about other balancers, worked out from their documents and algorithms, that this one conforms to. Every row is a
            test: `ConformanceTest` hands what is given to the production classes and compares. This file is generated from
            `src/test/resources/conformance`.

            | project | rows |
            |---|---|
            """);
    byProject.forEach(
        (project, count) ->
            text.append("| ").append(project).append(" | ").append(count).append(" |\n"));
    text.append("| all | ").append(rows().size()).append(" |\n");
    files().forEach(file -> text.append('\n').append(read(file).strip()).append('\n'));
    return text.toString();
  }

  static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (Path file : files()) {
      String kind = "";
      boolean body = false;
      for (String line : read(file).lines().toList()) {
        if (line.startsWith("## ")) {
          kind = line.substring(3);
          body = false;
        } else if (line.startsWith("|---")) {
          body = true;
        } else if (body && line.startsWith("|")) {
          String[] cells = line.split("\\|");
          rows.add(new Row(kind, cells[1].strip(), cells[2].strip(), cells[3].strip()));
        }
      }
    }
    return rows;
  }

  private static List<Path> files() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
