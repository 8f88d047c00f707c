package io.spinforge.balance;

import io.spinforge.testkit.Readme;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  @Test
  void snippetsCompile() {
    Readme.of(Path.of("README.md"))
        .compile(
            "import io.spinforge.balance.*; import io.spinforge.balance.limit.*; import"
                + " java.net.URI; import java.net.http.*; import java.time.Duration; import"
                + " java.util.List;",
            "HttpClient client; LoadBalancer<URI> balancer; List<URI> backends;"
                + " io.lettuce.core.RedisClient redis;");
  }
}
