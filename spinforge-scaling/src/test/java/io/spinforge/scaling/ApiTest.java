package io.spinforge.scaling;

import io.spinforge.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiTest {
  @Test
  void publicApiIsTheListedOne() {
    PublicApi.assertListed(
        Path.of("api.txt"),
        "io.spinforge.scaling",
        "io.spinforge.scaling.backtest",
        "io.spinforge.scaling.history",
        "io.spinforge.scaling.lease",
        "io.spinforge.scaling.target");
  }
}
