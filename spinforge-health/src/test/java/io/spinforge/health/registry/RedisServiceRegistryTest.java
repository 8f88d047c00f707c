package io.spinforge.health.registry;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The builder's rules; no server is needed. */
final class RedisServiceRegistryTest {
  private static final RedisClient client = RedisClient.create("redis://127.0.0.1:1");

  @AfterAll
  static void stop() {
    client.shutdown(Duration.ZERO, ofSeconds(2));
  }

  private static RedisServiceRegistry.Builder builder() {
    return RedisServiceRegistry.builder(client);
  }

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void everySetterStatesItsRule() {
    refused(() -> builder().prefix("a{b"), "prefix: a{b (expected: ");
    refused(() -> builder().prefix(""), "prefix:  (expected: ");
    refused(() -> builder().name("a b"), "name: a b (expected: ");
    refused(() -> builder().ttl(ofMillis(49)), "ttl: PT0.049S (expected: PT0.05S..PT24H)");
    refused(() -> builder().heartbeat(Duration.ZERO), "heartbeat: PT0S (expected: ");
    refused(() -> builder().reconcile(ofSeconds(-1)), "reconcile: PT-1S (expected: ");
    refused(() -> builder().timeout(Duration.ofDays(2)), "timeout: PT48H (expected: ");
  }

  @Test
  void nullsAreRefusedByName() {
    assertThatThrownBy(() -> RedisServiceRegistry.builder((RedisClient) null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("client");
    assertThatThrownBy(() -> builder().listener(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("listener");
    assertThatThrownBy(() -> builder().listenerExecutor(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("listenerExecutor");
  }

  @Test
  void secondSetIsRefused() {
    for (Runnable twice :
        List.<Runnable>of(
            () -> builder().prefix("a").prefix("a"),
            () -> builder().name("a").name("a"),
            () -> builder().ttl(ofSeconds(3)).ttl(ofSeconds(3)),
            () -> builder().heartbeat(ofSeconds(3)).heartbeat(ofSeconds(3)),
            () -> builder().reconcile(ofSeconds(3)).reconcile(ofSeconds(3)),
            () -> builder().timeout(ofSeconds(3)).timeout(ofSeconds(3)),
            () -> builder().takeOver().takeOver(),
            () -> builder().listenerExecutor(Runnable::run).listenerExecutor(Runnable::run),
            () ->
                builder()
                    .listener(new RegistryListener() {})
                    .listener(new RegistryListener() {}))) {
      assertThatThrownBy(twice::run)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("set twice");
    }
  }

  @Test
  void ttlBelowThreeHeartbeatsIsRefusedTogetherWithAllElse() {
    assertThatThrownBy(() -> builder().ttl(ofSeconds(1)).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ttl: PT1S (expected: >= 3 heartbeats of PT10S")
        .hasMessageContaining("timeout: PT2S (expected: <= ttl PT1S)");
  }

  @Test
  void exactlyThreeHeartbeatsAreAccepted() {
    builder().ttl(ofSeconds(3)).heartbeat(ofSeconds(1)).build().close();
  }
}
