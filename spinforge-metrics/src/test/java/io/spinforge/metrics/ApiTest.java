package io.spinforge.metrics;

import io.spinforge.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiTest {
  @Test
  void thePublicApiIsTheOneThatIsListed() {
    PublicApi.assertListed(Path.of("api.txt"), "io.spinforge.metrics");
  }
}
