package io.spinforge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The mechanisms below the API know nothing of it, nor of each other. */
class PackagesTest {
  private static final Path SOURCES = Path.of("src/main/java/io/spinforge/cache");
  private static final Pattern OURS = Pattern.compile("import io\\.spinforge\\.([a-z.]+)\\.[A-Z]");

  @Test
  void nothingBelowTheApiImportsWhatIsAboveOrBesideIt() throws IOException {
    for (String below : List.of("codec", "memory", "redis", "wire", "load")) {
      try (Stream<Path> files = Files.list(SOURCES.resolve(below))) {
        for (Path file : files.toList()) {
          Matcher imported = OURS.matcher(Files.readString(file));
          while (imported.find()) {
            assertThat(Map.entry(file.getFileName().toString(), imported.group(1)))
                .isEqualTo(Map.entry(file.getFileName().toString(), "cache." + below));
          }
        }
      }
    }
  }
}
