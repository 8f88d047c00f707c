package io.spinforge.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadmeTest {

  @TempDir Path dir;

  @Test
  void importsAndMembersServeEveryBlock() throws IOException {
    Readme readme =
        readme(
            """
            # Title
            ```java
            import java.util.ArrayList;

            List<Duration> all = new ArrayList<>(List.of(timeout));
            ```
            Text, and no Java:
            ```xml
            <a/>
            ```
            - in a list:
              ```java
              record Pair(String left, String right) {}
              var pair = new Pair("a", name());
              ```
            """);
    assertThatCode(
            () ->
                readme.compile(
                    "import java.util.List;\nimport java.time.Duration;",
                    "Duration timeout; String name() { return \"\"; }"))
        .doesNotThrowAnyException();
  }

  @Test
  void errorCarriesTheLineOfTheFile() throws IOException {
    Readme readme =
        readme(
            """
            One

            ```java
            int x = 1;
            ```
            ```java
            import java.util.List;
            int y = 2;
            int z = "three";
            ```
            """);
    assertThatThrownBy(() -> readme.compile("import java.util.Map;", "int a;\nint b;"))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("README.md:9: incompatible types")
        .hasMessageNotContaining("README.md:4");
  }

  @Test
  void errorInWhatTheTestGaveSaysSo() throws IOException {
    Readme readme = readme("```java\nint x = 1;\n```\n");
    assertThatThrownBy(() -> readme.compile("import no.such.Type;", ""))
        .hasMessageContaining("imports or members given to the block at line 2");
  }

  @Test
  void aCheckedExceptionMayLeaveTheSnippetButAnUnreachableLineMayNotStay() throws IOException {
    readme("```java\nThread.sleep(1);\n```\n").compile("", "");
    Readme unreachable = readme("```java\nthrow new Error();\nint x = 1;\n```\n");
    assertThatThrownBy(() -> unreachable.compile("", "")).hasMessageContaining("unreachable");
  }

  @Test
  void blockMarkedNoCompileIsLeftOut() throws IOException {
    readme("```java no-compile\n...\n```\n```java\nint x = 1;\n```\n").compile("", "");
  }

  @Test
  void fileWithoutBlockProvesNothing() throws IOException {
    Readme readme = readme("```java no-compile\n...\n```\n");
    assertThatThrownBy(() -> readme.compile("", ""))
        .isInstanceOf(AssertionError.class)
        .hasMessageEndingWith("README.md has no ```java block to compile");
  }

  @Test
  void ourOwnCompiles() {
    Readme.of(Path.of("README.md"))
        .compile("import io.spinforge.testkit.*;\nimport java.time.Duration;", "");
  }

  private Readme readme(String text) throws IOException {
    return Readme.of(Files.writeString(dir.resolve("README.md"), text));
  }
}
