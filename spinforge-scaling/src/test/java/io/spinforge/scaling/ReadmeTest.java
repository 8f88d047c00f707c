package io.spinforge.scaling;

import io.spinforge.testkit.Readme;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReadmeTest {
  @Test
  void snippetsCompile() {
    Readme.of(Path.of("README.md"))
        .compile(
            "import io.spinforge.scaling.*; import io.spinforge.scaling.backtest.*; import"
                + " io.spinforge.scaling.history.*; import io.spinforge.scaling.lease.*; import"
                + " io.spinforge.scaling.target.*; import java.net.URI; import java.nio.file.Path;"
                + " import java.time.*; import java.util.*;",
            "java.util.concurrent.ThreadPoolExecutor executor; com.zaxxer.hikari.HikariDataSource"
                + " hikari; int inFlight(Worker worker) { return 0; } void takeOut(Worker worker)"
                + " {} MetricSource cpu, memory; ScaleTarget target; Instant now;"
                + " javax.sql.DataSource dataSource; io.lettuce.core.RedisClient redis;");
  }
}
