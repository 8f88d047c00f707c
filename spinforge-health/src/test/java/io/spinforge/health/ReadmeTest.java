package io.spinforge.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Readme;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Path README = Path.of("README.md");
  private static final Pattern NAMED =
      Pattern.compile("`(?:(\\w+(?:Test|IT))\\.)?([a-z]\\w{14,})`");

  @Test
  void snippetsCompile() {
    Readme.of(README)
        .compile(
            """
            import static java.time.Duration.ofSeconds;
            import static java.util.concurrent.TimeUnit.SECONDS;
            import io.spinforge.health.*;
            import io.spinforge.health.probe.*;
            import io.spinforge.health.registry.*;
            import io.spinforge.health.report.*;
            import com.sun.net.httpserver.HttpServer;
            import javax.sql.DataSource;
            import io.lettuce.core.RedisClient;
            import java.net.InetSocketAddress;
            import java.net.URI;
            import java.time.Duration;
            import java.util.List;
            import java.util.concurrent.CompletableFuture;
            import java.util.concurrent.CompletionStage;
            """,
            """
            interface Router { void use(java.util.Collection<?> members); }
            interface Client { CompletionStage<ProbeResult> ping(URI uri); }
            interface Jdbc { boolean isValid(URI uri) throws Exception; }
            RedisClient redisClient;
            ServiceInstance instance;
            ServiceRegistry registry;
            HealthChecker<ServiceInstance> self;
            Router router;
            Client client;
            Jdbc jdbc;
            HttpServer server;
            InetSocketAddress redisAddress;
            HealthChecker<ServiceInstance> health;
            double free() { return 1; }
            ProbeResult check(URI uri) { return ProbeResult.healthy(); }
            """);
  }

  @Test
  void everyNamedTestExists() throws Exception {
    int found = 0;
    String[] tables = Files.readString(README).split("### What happens when …");
    for (int i = 1; i < tables.length; i++) {
      String type = "";
      for (Matcher m = NAMED.matcher(tables[i].split("\n##")[0]); m.find(); found++) {
        type = m.group(1) != null ? m.group(1) : type;
        assertThat(sources(type)).as(type).contains("void " + m.group(2) + "(");
      }
    }
    assertThat(found).isGreaterThan(40);
  }

  /** Returns the text of a test class, which may be in any package. */
  private static String sources(String type) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
      Path file = files.filter(f -> f.endsWith(type + ".java")).findFirst().orElseThrow();
      return Files.readString(file);
    }
  }
}
