package io.spinforge.balance;

import io.spinforge.testkit.PublicApi;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ApiTest {
  @Test
  void thePublicApiIsTheListedOne() {
    PublicApi.assertListed(
        Path.of("api.txt"), "io.spinforge.balance", "io.spinforge.balance.limit");
  }
}
