package io.spinforge.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Readme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  private static final Path README = Path.of("README.md");
  private static final Pattern NAMED = Pattern.compile("`(?:(\\w+(?:Test|IT))\\.)?(\\w{15,})`");

  @Test
  void snippetsCompile() {
    Readme.of(README)
        .compile(
            """
            import static java.time.Duration.ofSeconds;
            import static java.util.concurrent.TimeUnit.SECONDS;
            import io.spinforge.health.*;
            import io.lettuce.core.RedisClient;
            import io.spinforge.health.probe.*;
            import io.spinforge.health.registry.*;
            import java.net.InetSocketAddress;
            import java.net.URI;
            import java.util.List;
            import java.util.concurrent.CompletionStage;
            """,
            """
            interface Router { void use(java.util.Collection<? extends URI> members); }
            interface Client { CompletionStage<ProbeResult> ping(URI uri); }
            interface Jdbc { boolean isValid(URI uri) throws Exception; }
            Router router;
            Client client;
            Jdbc jdbc;
            RedisClient redisClient;
            """);
  }

  @Test
  void everyNamedTestExists() throws Exception {
    String section = Files.readString(README).split("## What happens when …")[1].split("\n## ")[0];
    String type = "";
    int found = 0;
    for (Matcher m = NAMED.matcher(section); m.find(); found++) {
      type = m.group(1) != null ? m.group(1) : type;
      Path file = Path.of("src/test/java/io/spinforge/health", type + ".java");
      assertThat(Files.readString(file)).contains("void " + m.group(2) + "(");
    }
    assertThat(found).isGreaterThan(15);
  }
}
