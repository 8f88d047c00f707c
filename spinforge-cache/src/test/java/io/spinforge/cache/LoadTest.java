package io.spinforge.cache;

import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.cache.codec.Codec;
import io.spinforge.testkit.ManualTicker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a loader can ask and say. */
@Timeout(60)
class LoadTest {
  private final ManualTicker ticker = new ManualTicker();
  private final CacheManager caches =
      CacheManager.builder()
          .ticker(ticker)
          .defaults(p -> p.freshFor(ofSeconds(10)).jitter(0))
          .build();
  private final LayeredCache<String, String> cache =
      caches.cache("row", String.class).key((String k) -> k).build();

  @AfterEach
  void close() {
    caches.close();
  }

  @Test
  void revalidationKeepsTheValueAndItsTagAndExtendsItsLife() {
    cache.get("k", load -> load.etag("\"1\"") == load ? "v" : "");
    assertThat(cache.get("k", load -> "never called").etag()).isEqualTo("\"1\"");
    ticker.advance(ofSeconds(10));
    Cached<String> again =
        cache.get(
            "k",
            load -> {
              Cached<String> before = load.previous().orElseThrow();
              assertThat(before.value()).isEqualTo("v");
              assertThat(before.etag()).isEqualTo("\"1\"");
              return load.notModified();
            });
    assertThat(again.source()).isEqualTo(Source.FRESH);
    assertThat(again.age()).isZero();
    ticker.advance(ofSeconds(9));
    Cached<String> hit = cache.get("k", load -> "never called");
    assertThat(hit.value()).isEqualTo("v");
    assertThat(hit.etag()).isEqualTo("\"1\"");
    assertThat(hit.state()).isEqualTo(State.FRESH);
  }

  @Test
  void revalidationMayChangeTheTagAndTheFreshness() {
    cache.put("k", "v");
    ticker.advance(ofSeconds(10));
    Cached<String> again =
        cache.get("k", load -> load.etag("\"2\"").freshFor(ofSeconds(3)).notModified());
    assertThat(again.etag()).isEqualTo("\"2\"");
    assertThat(again.freshFor()).isEqualTo(ofSeconds(3));
  }

  @Test
  void nothingIsThereToRevalidateAtFirstOrAfterAnInvalidationOrAnAbsence() {
    assertThatThrownBy(() -> cache.get("k", Load::notModified))
        .isInstanceOf(LoadFailedException.class)
        .hasMessage(
            "row:k: notModified: no value before (expected: only where previous() has one)");
    cache.put("k", "v");
    cache.invalidate("k");
    assertThat(cache.get("k", load -> load.previous().isPresent() ? "stale" : "new").value())
        .isEqualTo("new");
    cache.get("gone", load -> load.absent(ofSeconds(1)));
    ticker.advance(ofSeconds(1));
    assertThat(cache.get("gone", load -> load.previous().isPresent() ? "old" : "new").value())
        .isEqualTo("new");
  }

  @Test
  void tagIsWithinReason() {
    assertThatThrownBy(() -> cache.get("k", load -> load.etag("x".repeat(1025)).notModified()))
        .hasMessage("row:k: etag: 1025 characters (expected: at most 1024)");
  }

  @Test
  void asyncReadOfItsOwnKeyIsAClearErrorAndNoDeadlock() {
    LayeredCache<String, String>[] self = holder();
    self[0] =
        caches
            .cache("self", String.class)
            .key((String k) -> k)
            .loader(k -> self[0].getAsync(k).toCompletableFuture().get().value())
            .build();
    assertThatThrownBy(() -> self[0].get("k"))
        .isInstanceOf(LoadFailedException.class)
        .hasStackTraceContaining("expected: a loader that does not wait for its own key");
    assertThatThrownBy(() -> self[0].getAsync("k").toCompletableFuture().join())
        .hasStackTraceContaining("expected: a loader that does not wait for its own key");
  }

  @Test
  void sameKeyOfAnotherCacheIsNoRecursion() {
    LayeredCache<String, String> other =
        caches.cache("other", String.class).key((String k) -> k).loader(k -> "o").build();
    assertThat(cache.get("k", load -> other.get("k").value()).value()).isEqualTo("o");
  }

  @Test
  void valueThatTheCodecCannotWriteIsLoggedOnce() {
    LayeredCache<String, String> picky =
        caches
            .cache("picky", String.class)
            .key((String k) -> k)
            .codec(Codec.utf8())
            .memory(m -> m.maximumBytes(100_000))
            .loader(k -> "\ud800") // half a character
            .build();
    String logged =
        Logged.during(
            () -> {
              picky.get("a");
              picky.get("b");
            });
    assertThat(logged)
        .containsOnlyOnce("codec cannot write a value, further ones are only counted cache=picky");
    assertThat(picky.stats().codecFailures()).isEqualTo(2);
  }

  @Test
  void perLoadFreshnessHoldsBesideTheStaleLifetimes() {
    LayeredCache<String, String> stale =
        caches
            .cache("stale", String.class)
            .key((String k) -> k)
            .policy(p -> p.serveStaleOnError(ofHours(1)))
            .build();
    stale.get("k", load -> load.freshFor(ofMillis(5)) == load ? "v" : "");
    ticker.advance(ofMillis(5));
    Cached<String> last =
        stale.get(
            "k",
            load -> {
              throw new IllegalStateException("down");
            });
    assertThat(last.state()).isEqualTo(State.STALE_ON_ERROR);
    assertThat(last.freshFor()).isEqualTo(ofMillis(5));
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  private static LayeredCache<String, String>[] holder() {
    return new LayeredCache[1];
  }
}
