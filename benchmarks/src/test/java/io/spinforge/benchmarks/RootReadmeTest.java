package io.spinforge.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Readme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The repository's front page: what it shows compiles, and what it points at exists. */
class RootReadmeTest {
  private static final Path ROOT = Path.of("..");
  private static final Path README = ROOT.resolve("README.md");

  @Test
  void snippetsCompileAgainstTheModules() {
    Readme.of(README)
        .compile(
            """
            import io.lettuce.core.RedisClient;
            import io.spinforge.balance.*;
            import io.spinforge.health.*;
            import io.spinforge.health.probe.*;
            import io.spinforge.health.registry.*;
            import java.net.URI;
            """,
            """
            interface Client { String get(URI uri) throws java.io.IOException; }
            Client client;
            RedisClient redis;
            """);
  }

  @Test
  void linksLeadToFilesThatExist() throws IOException {
    Matcher link = Pattern.compile("]\\((?!https?:)([^)#]+)").matcher(Files.readString(README));
    int found = 0;
    for (; link.find(); found++) {
      assertThat(ROOT.resolve(link.group(1))).exists();
    }
    assertThat(found).isGreaterThan(5);
  }
}
