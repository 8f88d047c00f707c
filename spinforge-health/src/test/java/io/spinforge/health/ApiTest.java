package io.spinforge.health;

import io.spinforge.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiTest {

  @Test
  void thePublicApiIsTheListedOne() {
    PublicApi.assertListed(
        Path.of("api.txt"),
        "io.spinforge.health",
        "io.spinforge.health.probe",
        "io.spinforge.health.registry",
        "io.spinforge.health.report");
  }
}
