package io.spinforge.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.metrics.bind.Catalogue;
import io.spinforge.metrics.doctor.RuleTable;
import io.spinforge.testkit.Readme;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

class ReadmeTest {
  private static final Path FILE = Path.of("README.md");

  @Test
  void snippetsCompile() {
    Readme.of(FILE)
        .compile(
            """
            import com.sun.net.httpserver.*;
            import com.zaxxer.hikari.HikariDataSource;
            import io.micrometer.prometheusmetrics.*;
            import io.spinforge.balance.*;
            import io.spinforge.cache.CacheManager;
            import io.spinforge.health.HealthChecker;
            import io.spinforge.health.registry.*;
            import io.spinforge.metrics.*;
            import io.lettuce.core.RedisClient;
            import javax.sql.DataSource;
            import io.spinforge.scaling.Autoscaler;
            import java.nio.file.Path;
            import java.time.Duration;
            import java.util.concurrent.Executor;
            """,
            """
            CacheManager cacheManager;
            LoadBalancer<ServiceInstance> balancer;
            HealthChecker<ServiceInstance> healthChecker;
            ServiceRegistry serviceRegistry;
            Autoscaler autoscaler;
            HttpServer server;
            RedisClient redis;
            DataSource dataSource;
            HttpHandler handler;
            HttpMetrics http;
            PrometheusMeterRegistry registry;
            Executor executor;
            String password;
            int serve() { return 200; }
            """);
  }

  @Test
  void theTableOfMetersIsTheCatalogue() throws IOException {
    assertThat(Files.readAllLines(FILE))
        .filteredOn(line -> line.matches("\\| `[a-z.]+` \\| (timer|counter|gauge|summary) \\|.*"))
        .containsExactlyElementsOf(Arrays.stream(Catalogue.values()).map(this::row).toList());
  }

  private String row(Catalogue meter) {
    String tags = meter.tags().isEmpty() ? "none" : String.join(", ", meter.tags());
    String type = meter.type().name().toLowerCase(Locale.ROOT).replace("distribution_", "");
    return "| `%s` | %s | %s | %s |".formatted(meter.id(), type, tags, meter.description());
  }

  @Test
  void theTableOfRulesIsTheDoctors() throws IOException {
    assertThat(Files.readAllLines(FILE))
        .filteredOn(line -> line.matches("\\| (INFO|WARN|CRITICAL)[^|]* \\| `[a-z]+[.].*"))
        .containsExactlyElementsOf(RuleTable.rows());
  }

  @Test
  void everyTestItNamesExists() throws IOException {
    Matcher named = Pattern.compile("`(\\w+(?:Test|IT))\\.(\\w+)`").matcher(Files.readString(FILE));
    int found = 0;
    for (; named.find(); found++) {
      String method = named.group(2);
      assertThat(methods(named.group(1)))
          .as(named.group())
          .anyMatch(known -> known.getName().equals(method) && isTest(known));
    }
    assertThat(found).isGreaterThan(15);
  }

  private static boolean isTest(Method method) {
    return method.isAnnotationPresent(Test.class)
        || method.isAnnotationPresent(ParameterizedTest.class);
  }

  private static Method[] methods(String test) {
    for (String where :
        new String[] {"", "bind.", "goal.", "doctor.", "system.", "jdbc.", "watch.", "page."}) {
      try {
        return Class.forName("io.spinforge.metrics." + where + test).getDeclaredMethods();
      } catch (ClassNotFoundException elsewhere) {
        continue;
      }
    }
    throw new AssertionError("no such test: " + test);
  }
}
