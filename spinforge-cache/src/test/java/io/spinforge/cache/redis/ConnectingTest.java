package io.spinforge.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ConnectingTest {
  private final Connecting connecting = new Connecting();

  @Test
  void closeWaitsForWhoConnectsSoThatNoClientIsShutDownUnderHim() {
    CompletableFuture<String> blocking = new CompletableFuture<>();
    CompletableFuture<Boolean> began = new CompletableFuture<>();
    CompletableFuture<String> connected =
        CompletableFuture.supplyAsync(
            () ->
                connecting.here(
                    () -> {
                      began.complete(true);
                      return blocking.join();
                    }));
    assertThat(began.join()).isTrue();
    CompletableFuture<String> later = new CompletableFuture<>();
    CompletableFuture<String> async = connecting.begin(() -> later);
    Thread closing = new Thread(connecting::close);
    closing.start();
    await()
        .until(
            () ->
                closing.getState() == Thread.State.TIMED_WAITING
                    || closing.getState() == Thread.State.TERMINATED);
    assertThat(closing.isAlive()).isTrue();
    blocking.complete("a");
    later.complete("b");
    await().until(() -> !closing.isAlive());
    assertThat(connected.join()).isEqualTo("a");
    assertThat(async.join()).isEqualTo("b");
  }

  @Test
  void nobodyConnectsAfterTheEnd() {
    connecting.close();
    assertThatThrownBy(() -> connecting.here(() -> "c")).isInstanceOf(IllegalStateException.class);
    assertThat(connecting.begin(() -> CompletableFuture.completedFuture("c")))
        .isCompletedExceptionally();
  }
}
