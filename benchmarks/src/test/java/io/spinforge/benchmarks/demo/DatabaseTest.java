package io.spinforge.benchmarks.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DatabaseTest {
  @Test
  void keepsVersionsAndCountsReadsOnly() throws Exception {
    HttpClient client = Gateway.newClient();
    try (Database database = Database.start()) {
      HttpRequest get = HttpRequest.newBuilder(database.uri().resolve("17")).build();
      assertThat(client.send(get, BodyHandlers.ofString()).body()).isEqualTo("1");
      HttpRequest put =
          HttpRequest.newBuilder(database.uri().resolve("17"))
              .PUT(BodyPublishers.ofString("5"))
              .build();
      assertThat(client.send(put, BodyHandlers.discarding()).statusCode()).isEqualTo(204);
      assertThat(database.reads()).isEqualTo(1);
      assertThat(client.send(get, BodyHandlers.ofString()).body()).isEqualTo("5");
      assertThat(database.reads()).isEqualTo(2);
    }
  }
}
