package io.spinforge.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.spinforge.cache.Caches.SlowLoad;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tags, patterns and clear in memory alone. */
class TagsTest {
  private final AtomicInteger loads = new AtomicInteger();
  private final CacheManager caches = CacheManager.builder().build();
  private final LayeredCache<String, String> rows = cache("rows");
  private final LayeredCache<String, String> others = cache("others");

  @AfterEach
  void close() {
    caches.close();
  }

  @Test
  void tagInvalidatesItsEntriesOfEveryCacheAndNoOthers() {
    String red = get(rows, "a", "red");
    String blue = get(rows, "b", "blue");
    String both = get(others, "c", "red", "blue");
    assertThat(caches.invalidateTag("red")).isEqualTo(new Invalidation(0, Reach.THIS_NODE));
    assertThat(get(rows, "a", "red")).isNotEqualTo(red);
    assertThat(get(rows, "b", "blue")).isEqualTo(blue);
    assertThat(get(others, "c", "red", "blue")).isNotEqualTo(both);
  }

  @Test
  void severalTagsGoInOneStep() {
    String red = get(rows, "a", "red");
    String blue = get(rows, "b", "blue");
    caches.invalidateTags(List.of("red", "blue"));
    assertThat(get(rows, "a", "red")).isNotEqualTo(red);
    assertThat(get(rows, "b", "blue")).isNotEqualTo(blue);
  }

  @Test
  void tagsAreThoseOfTheLastLoad() {
    get(rows, "a", "red");
    caches.invalidateTag("red");
    String now = get(rows, "a", "blue");
    caches.invalidateTag("red");
    assertThat(get(rows, "a", "blue")).isEqualTo(now);
    caches.invalidateTag("blue");
    assertThat(get(rows, "a", "blue")).isNotEqualTo(now);
  }

  @Test
  void cachedTellsItsTags() {
    rows.get("a", load -> load.tag("x", "y").tag("x").absent(java.time.Duration.ofMinutes(1)));
    assertThat(rows.get("a", load -> "unused").tags()).containsExactly("x", "y");
    rows.put("a", "value");
    assertThat(rows.get("a", load -> "unused").tags()).isEmpty();
  }

  @Test
  void starTagDoesAClear() {
    String tagged = get(rows, "a", "red");
    String plain = get(others, "b");
    caches.invalidateTag("*");
    assertThat(get(rows, "a", "red")).isNotEqualTo(tagged);
    assertThat(get(others, "b")).isNotEqualTo(plain);
  }

  @Test
  void clearLeavesOtherCachesAlone() {
    String mine = get(rows, "a");
    String theirs = get(others, "a");
    rows.clear();
    assertThat(get(rows, "a")).isNotEqualTo(mine);
    assertThat(get(others, "a")).isEqualTo(theirs);
    assertThat(rows.stats().localInvalidations()).isEqualTo(1);
    assertThat(others.stats().localInvalidations()).isZero();
  }

  @Test
  void patternInvalidatesTheKeysItMatches() {
    String mine = get(rows, "tenant:42:a");
    String theirs = get(rows, "tenant:421:a");
    rows.invalidateMatching("tenant:42:*");
    assertThat(get(rows, "tenant:42:a")).isNotEqualTo(mine);
    assertThat(get(rows, "tenant:421:a")).isEqualTo(theirs);
  }

  @Test
  void loadBegunBeforeIsNotKept() throws Exception {
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    var slow =
        Caches.inThread(
            () ->
                rows.get(
                    "a",
                    load -> {
                      load.tag("red");
                      loading.countDown();
                      go.await();
                      return "old";
                    }));
    assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
    caches.invalidateTag("red");
    assertThat(get(rows, "a", "red")).isNotEqualTo("old"); // does not join the load from before
    go.countDown();
    assertThat(slow.get(10, TimeUnit.SECONDS).value()).isEqualTo("old"); // asked before
    assertThat(get(rows, "a", "red")).isNotEqualTo("old");
  }

  @Test
  void readersOfOtherTagsShareTheirLoadThoughOneIsInvalidatedMeanwhile() throws Exception {
    SlowLoad first = new SlowLoad(rows, "a", () -> "v" + loads.incrementAndGet());
    for (int i = 0; i < 10; i++) {
      caches.invalidateTag("red");
    }
    var second = Caches.inThread(() -> get(rows, "a"));
    await().until(() -> rows.stats().coalesced() == 1);
    assertThat(first.finish().value()).isEqualTo("v1");
    assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("v1");
    assertThat(loads).hasValue(1);
  }

  @Test
  void readerThatJoinsALoadAfterItsTagWasInvalidatedReadsAnew() throws Exception {
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    LoadFunction<String> tagsAtItsEnd =
        load -> {
          loading.countDown();
          go.await();
          load.tag("red");
          return "v" + loads.incrementAndGet();
        };
    var first = Caches.inThread(() -> rows.get("a", tagsAtItsEnd));
    assertThat(loading.await(10, TimeUnit.SECONDS)).isTrue();
    var before = Caches.inThread(() -> get(rows, "a", "red"));
    await().until(() -> rows.stats().coalesced() == 1);
    caches.invalidateTag("red");
    var after = Caches.inThread(() -> get(rows, "a", "red"));
    var alsoAfter = Caches.inThread(() -> rows.getAll(List.of("a")));
    var later = rows.getAsync("a").toCompletableFuture();
    await().until(() -> rows.stats().coalesced() == 4);
    go.countDown();
    assertThat(first.get(10, TimeUnit.SECONDS).value()).isEqualTo("v1");
    assertThat(before.get(10, TimeUnit.SECONDS)).isEqualTo("v1");
    assertThat(after.get(10, TimeUnit.SECONDS)).isNotEqualTo("v1");
    assertThat(alsoAfter.get(10, TimeUnit.SECONDS).get("a").value()).isNotEqualTo("v1");
    assertThat(later.get(10, TimeUnit.SECONDS).value()).isNotEqualTo("v1");
    assertThat(rows.get("a").value()).isNotEqualTo("v1");
  }

  @Test
  void patternAndClearLeaveTheLoadsTheyMeanAndNoOthers() throws Exception {
    SlowLoad a = new SlowLoad(rows, "a", () -> "old");
    SlowLoad b = new SlowLoad(rows, "b", () -> "shared");
    rows.invalidateMatching("a*");
    cache("other").clear();
    assertThat(get(rows, "a")).isEqualTo("v1");
    var second = Caches.inThread(() -> get(rows, "b"));
    await().until(() -> rows.stats().coalesced() == 1);
    assertThat(b.finish().value()).isEqualTo("shared");
    assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("shared");
    assertThat(a.finish().value()).isEqualTo("old"); // asked before
    assertThat(get(rows, "a")).isEqualTo("v1");
  }

  @Test
  void badInputIsRefused() {
    assertThatThrownBy(() -> caches.invalidateTag())
        .hasMessage("tags: 0 tags (expected: 1 to 128)");
    assertThatThrownBy(() -> caches.invalidateTag(""))
        .hasMessage("tag:  (expected: 1 to 256 characters, not *)");
    assertThatThrownBy(() -> rows.invalidateMatching(""))
        .hasMessage("glob:  (expected: 1 to 1024 characters)");
    assertThatThrownBy(() -> rows.invalidateMatching("a\\"))
        .hasMessage("glob: a\\ (expected: no single backslash at the end)");
    caches.close();
    assertThatThrownBy(rows::clear).isInstanceOf(IllegalStateException.class);
  }

  private LayeredCache<String, String> cache(String name) {
    return caches
        .cache(name, String.class)
        .key((String key) -> key)
        .loader(key -> "v" + loads.incrementAndGet())
        .build();
  }

  private String get(LayeredCache<String, String> cache, String key, String... tags) {
    return cache
        .get(
            key,
            load -> {
              load.tag(tags);
              return "v" + loads.incrementAndGet();
            })
        .value();
  }
}
