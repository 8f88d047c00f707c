package io.spinforge.cache.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LostLeasesTest {
  private final LostLeases lost = new LostLeases();

  @Test
  void nameIsGivenOutOnce() {
    byte[] name = name("a");
    lost.add("k", name);
    assertThat(lost.take("other")).isNull();
    assertThat(lost.take("k")).isSameAs(name);
    assertThat(lost.take("k")).isNull();
  }

  @Test
  void firstNameStandsAsItIsTheOneThatRedisMayHaveNoted() {
    byte[] first = name("first");
    lost.add("k", first);
    lost.add("k", name("second"));
    assertThat(lost.take("k")).isSameAs(first);
  }

  @Test
  void whatDoesNotFitIsForgottenAndRoomIsUsedAgain() {
    for (int i = 0; i < 10_000; i++) {
      lost.add("k" + i, name("n"));
    }
    lost.add("one more", name("n"));
    assertThat(lost.take("one more")).isNull();
    assertThat(lost.take("k7")).isNotNull();
    lost.add("one more", name("n"));
    assertThat(lost.take("one more")).isNotNull();
  }

  @Test
  void twoThreadsNeverGetTheSameName() {
    for (int round = 0; round < 200; round++) {
      lost.add("k", name("n"));
      List<CompletableFuture<byte[]>> both = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        both.add(CompletableFuture.supplyAsync(() -> lost.take("k")));
      }
      long got =
          IntStream.range(0, 2).mapToObj(i -> both.get(i).join()).filter(Objects::nonNull).count();
      assertThat(got).isOne();
    }
  }

  private static byte[] name(String text) {
    return text.getBytes(UTF_8);
  }
}
