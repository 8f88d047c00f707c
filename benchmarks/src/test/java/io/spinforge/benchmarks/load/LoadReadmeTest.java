package io.spinforge.benchmarks.load;

import io.spinforge.testkit.Readme;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class LoadReadmeTest {
  @Test
  void snippetsCompile() {
    Readme.of(Path.of("README.md"))
        .compile(
            """
            import io.spinforge.benchmarks.load.*;
            import java.util.concurrent.TimeUnit;
            """,
            """
            java.net.http.HttpClient client;
            java.net.http.HttpRequest request;
            """);
  }
}
