package io.spinforge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Readme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Path README = Path.of("README.md");

  @Test
  void snippetsCompile() {
    Readme.of(README)
        .compile(
            """
            import io.lettuce.core.RedisClient;
            import java.util.*;
            import io.spinforge.cache.*;
            import static io.spinforge.cache.LoadTimeout.*;
            import static java.time.Duration.*;
            """,
            """
            record ProductId(String value) {}
            interface Repository {
              String find(ProductId id);
              Map<ProductId, String> findAll(Set<ProductId> ids);
            }
            List<ProductId> ids;
            RedisClient redisClient;
            CacheManager caches;
            Repository repository;
            ProductId id;
            """);
  }

  @Test
  void everyTestThatIsNamedExists() throws IOException, ClassNotFoundException {
    Matcher named =
        Pattern.compile("`((?:[a-z]+\\.)?[A-Z]\\w*(?:IT|Test))\\.(\\w+)`")
            .matcher(Files.readString(README));
    int found = 0;
    while (named.find()) {
      Class<?> test = Class.forName("io.spinforge.cache." + named.group(1));
      String method = named.group(2);
      assertThat(Arrays.stream(test.getDeclaredMethods()))
          .as(named.group())
          .anyMatch(m -> m.getName().equals(method));
      found++;
    }
    assertThat(found).isGreaterThan(20);
  }

  @Test
  void everyScenarioOfAnotherSuiteNamesATestOfOurs() throws IOException {
    String readme = Files.readString(README);
    String heading = "## Scenarios of other caches' suites, and our tests\n";
    String table = readme.substring(readme.indexOf(heading) + heading.length());
    table = table.substring(0, table.indexOf("\n## "));
    Pattern row = Pattern.compile("\\| [^|`]+ \\| `[\\w.]+`(, `[\\w.]+`)* \\|");
    String[] rows = table.lines().filter(l -> l.startsWith("| ")).toArray(String[]::new);
    assertThat(rows).hasSizeGreaterThan(50);
    assertThat(rows[0]).isEqualTo("| scenario | our test |");
    for (int i = 1; i < rows.length; i++) {
      if (!rows[i].startsWith("| **")) { // whose suite
        assertThat(rows[i]).matches(row);
      }
    }
  }
}
