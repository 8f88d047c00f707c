package io.spinforge.cache.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class BansTest {
  private static final List<String> TAGGED = List.of("t");

  private final Bans bans = new Bans();

  @Test
  void entryIsCondemnedByALaterRecordThatMatches() {
    bans.knownAfter(10);
    BanMark before = bans.mark();
    bans.applied(11, tag("t"));
    assertThat(condemned(before)).isTrue();
    assertThat(bans.condemns(before, "c", "k", List.of("u"))).isFalse();
    assertThat(condemned(bans.mark())).isFalse();
  }

  @Test
  void ownRecordCountsBeforeTheLogBringsIt() {
    bans.knownAfter(10);
    BanMark before = bans.mark();
    bans.own(bans.generation(), 12, tag("t"));
    assertThat(condemned(before)).isTrue();
    BanMark after = bans.mark();
    assertThat(after.sequence()).isEqualTo(12);
    assertThat(condemned(after)).isFalse();
    assertThat(bans.tested().sequence()).isEqualTo(10); // 11 may yet come
    bans.applied(11, tag("u"));
    bans.applied(12, tag("t"));
    assertThat(bans.condemns(before, "c", "k", List.of("u"))).isTrue();
    assertThat(condemned(after)).isFalse();
  }

  @Test
  void nothingFromBeforeIsBelievedWhereRecordsMayBeUnknown() {
    bans.knownAfter(10);
    BanMark before = bans.mark();
    bans.forget();
    assertThat(condemned(before)).isTrue();
    assertThat(condemned(bans.mark())).isTrue();
    bans.knownAfter(10);
    assertThat(condemned(before)).isTrue(); // of another generation
    assertThat(condemned(bans.markOf(10, bans.mark()))).isFalse();
    assertThat(condemned(bans.markOf(9, bans.mark()))).isTrue();
    assertThat(bans.forgotten()).isEqualTo(4);
  }

  @Test
  void ownRecordOfAnotherGenerationHasNoSequence() {
    bans.knownAfter(10);
    BanMark asked = bans.mark();
    int generation = bans.generation();
    bans.forget();
    bans.knownAfter(5);
    bans.own(generation, 11, tag("t"));
    assertThat(bans.mark().sequence()).isEqualTo(5);
    // In Redis lie older and newer ones, and until the log says which, none is believed.
    assertThat(condemned(bans.markOf(5, bans.mark()))).isTrue();
    assertThat(condemned(bans.markOf(5, asked))).isTrue();
    assertThat(condemned(bans.mark())).isFalse(); // loaded since
    assertThat(bans.isUncertain()).isTrue();
    bans.certain();
    assertThat(condemned(bans.markOf(5, bans.mark()))).isFalse();
  }

  @Test
  void ownRecordMadeWhileTheLogIsReadAnewIsKept() {
    bans.forget();
    bans.own(bans.generation(), 12, tag("t"));
    bans.knownAfter(10);
    assertThat(condemned(bans.markOf(11, bans.mark()))).isTrue();
    assertThat(condemned(bans.markOf(12, bans.mark()))).isFalse();
  }

  @Test
  void banOfThisNodeAloneCondemnsWhatWasAskedForBefore() {
    BanMark before = bans.mark();
    bans.here(tag("t"), false);
    assertThat(condemned(before)).isTrue();
    assertThat(condemned(bans.mark())).isFalse();
    assertThat(condemned(bans.markOf(0, bans.mark()))).isFalse();
    assertThat(condemned(bans.markOf(0, before))).isTrue();
  }

  @Test
  void ageOfAnEntryDoesNotMatterOnlyWhatWasBanned() {
    bans.knownAfter(0);
    BanMark first = bans.mark();
    for (int i = 1; i <= 300_000; i++) {
      bans.applied(i, tag("other" + i % 50));
    }
    assertThat(condemned(first)).isFalse();
    assertThat(bans.size()).isEqualTo(50);
    bans.applied(300_001, tag("t"));
    assertThat(condemned(first)).isTrue();
    assertThat(bans.forgotten()).isZero();
  }

  @Test
  void tagsBeyondTheBoundAreForgottenAndWhatIsOlderWithThem() {
    bans.knownAfter(0);
    BanMark first = bans.mark();
    for (int i = 1; i <= BanIndex.MOST_TAGS; i++) {
      bans.applied(i, tag("other" + i));
    }
    bans.applied(BanIndex.MOST_TAGS + 1, tag("other1")); // again: no longer the oldest
    assertThat(condemned(first)).isFalse();
    BanMark old = bans.markOf(2, bans.mark());
    bans.applied(BanIndex.MOST_TAGS + 2, tag("more")); // drops other2
    assertThat(condemned(first)).isTrue();
    assertThat(bans.forgotten()).isEqualTo(1);
    assertThat(condemned(old)).isFalse();
    assertThat(bans.condemns(old, "c", "k", List.of("other1"))).isTrue();
    assertThat(bans.size()).isEqualTo(BanIndex.MOST_TAGS);
    for (int i = 0; i <= BanIndex.MOST_TAGS; i++) {
      bans.here(tag("other" + i), false);
    }
    BanMark now = bans.mark();
    assertThat(condemned(new BanMark(now.sequence(), 0, now.generation()))).isTrue();
    assertThat(condemned(new BanMark(now.sequence(), 1, now.generation()))).isFalse();
  }

  @Test
  void patternsBeyondTheBoundAreForgottenInTheirCacheAlone() {
    bans.knownAfter(0);
    BanMark first = bans.mark();
    for (int i = 1; i <= BanIndex.MOST_GLOBS; i++) {
      bans.applied(i, new Ban.Matching("c", Glob.of("x" + i)));
    }
    for (int i = 1; i <= 10; i++) { // again and again: only their numbers rise
      bans.applied(BanIndex.MOST_GLOBS + i, new Ban.Matching("c", Glob.of("x" + i)));
    }
    assertThat(condemned(first)).isFalse();
    bans.applied(BanIndex.MOST_GLOBS + 11, new Ban.Matching("c", Glob.of("more")));
    assertThat(condemned(first)).isTrue(); // x11 is gone
    assertThat(condemned(bans.markOf(11, bans.mark()))).isFalse();
    assertThat(bans.condemns(first, "d", "k", TAGGED)).isFalse();
    assertThat(bans.forgotten()).isEqualTo(1);
  }

  @Test
  void sequencesGoOnBeyondAMillionRecords() {
    long start = 7L << 20;
    bans.knownAfter(start);
    BanMark first = bans.mark();
    long later = start + (1L << 22);
    for (long at = start; at < later; at += 1L << 19) {
      bans.applied(at + 1, tag("other"));
    }
    assertThat(condemned(first)).isFalse();
    assertThat(bans.isForeign(start)).isFalse();
    bans.applied(later, tag("t"));
    assertThat(condemned(first)).isTrue();
    assertThat(bans.isForeign(later + (1L << 32))).isTrue();
    assertThat(condemned(bans.markOf(later + (1L << 32), bans.mark()))).isTrue();
  }

  @Test
  void sharedLoadIsBarredOnlyForWhoCameAfterABanThatMeansIt() {
    bans.knownAfter(10);
    BanMark begun = bans.mark();
    bans.applied(11, tag("t"));
    BanMark came = bans.mark();
    assertThat(bars(begun, begun, TAGGED)).isFalse(); // came before
    assertThat(bars(begun, came, TAGGED)).isTrue();
    assertThat(bars(begun, came, List.of("u"))).isFalse();
    assertThat(bars(came, came, TAGGED)).isFalse(); // begun after
    bans.here(tag("u"), false);
    assertThat(bars(came, bans.mark(), List.of("u"))).isTrue();
    bans.forget();
    bans.knownAfter(11);
    assertThat(bars(came, bans.mark(), List.of())).isTrue(); // nobody knows what was missed
  }

  @Test
  void recordsCondemnForGoodAndNotKnowingThemDoesNot() {
    bans.knownAfter(10);
    bans.applied(11, tag("t"));
    assertThat(bans.isBanned(10, "c", "k", TAGGED)).isTrue();
    assertThat(bans.isBanned(9, "c", "k", TAGGED)).isTrue();
    assertThat(bans.isBanned(11, "c", "k", TAGGED)).isFalse();
    assertThat(bans.isBanned(9, "c", "k", List.of("u"))).isFalse(); // older than what is known
    assertThat(bans.isBanned(1L << 40, "c", "k", TAGGED)).isFalse(); // another incarnation's
    bans.here(tag("u"), false);
    assertThat(bans.isBanned(10, "c", "k", List.of("u"))).isFalse(); // only here so far
  }

  /** What an index may not change: the answers of a plain list of all bans. */
  @Test
  void answersAreThoseOfAListOfAllBans() {
    Seeds.run(
        300,
        (seed, random) -> {
          Bans indexed = new Bans();
          indexed.knownAfter(0);
          List<Ban> list = new ArrayList<>();
          List<BanMark> marks = new ArrayList<>(List.of(indexed.mark()));
          for (int i = 1; i <= 60; i++) {
            Ban ban = any(random);
            list.add(ban);
            indexed.applied(i, ban);
            marks.add(indexed.mark());
            BanMark mark = marks.get(random.nextInt(marks.size()));
            String cache = "cd".substring(random.nextInt(2)).substring(0, 1);
            String key = "k" + random.nextInt(3);
            List<String> tags = random.nextBoolean() ? List.of() : List.of("t" + random.nextInt(4));
            boolean expected =
                list.subList((int) mark.sequence(), list.size()).stream()
                    .anyMatch(b -> b.matches(cache, key, tags));
            assertThat(indexed.condemns(mark, cache, key, tags)).isEqualTo(expected);
          }
        });
  }

  /** Tests beside changes that drop tags all the time: who should be condemned always is. */
  @Test
  void testBesideChangesMissesNothing() throws Exception {
    bans.knownAfter(0);
    BanMark first = bans.mark();
    bans.applied(1, tag("t"));
    AtomicBoolean missed = new AtomicBoolean();
    AtomicBoolean ended = new AtomicBoolean();
    Thread tester =
        new Thread(
            () -> {
              while (!ended.get()) {
                missed.compareAndSet(false, !condemned(first));
              }
            });
    tester.start();
    for (int i = 0; i < 3; i++) {
      long base = 1L + 2L * BanIndex.MOST_TAGS * i;
      for (int n = 1; n <= BanIndex.MOST_TAGS + 1000; n++) {
        bans.applied(base + n, tag("other" + n));
      }
      bans.forget();
      bans.knownAfter(base + BanIndex.MOST_TAGS + 1000);
    }
    ended.set(true);
    tester.join();
    assertThat(missed).isFalse();
  }

  @Test
  void starTagMeansAllAndAWholeCacheOnlyItself() {
    assertThat(tag("*").matches("c", "k", List.of())).isTrue();
    assertThat(new Ban.Whole("c").matches("c", "k", List.of())).isTrue();
    assertThat(new Ban.Whole("c").matches("d", "k", List.of())).isFalse();
    assertThat(new Ban.Matching("c", Glob.of("k*")).matches("c", "k1", List.of())).isTrue();
    assertThat(new Ban.Matching("c", Glob.of("k*")).matches("d", "k1", List.of())).isFalse();
  }

  private boolean condemned(BanMark mark) {
    return bans.condemns(mark, "c", "k", TAGGED);
  }

  private boolean bars(BanMark mark, BanMark came, List<String> tags) {
    return bans.bars(mark, came, "c", "k", tags);
  }

  private static Ban any(SplittableRandom random) {
    String cache = random.nextBoolean() ? "c" : "d";
    return switch (random.nextInt(12)) {
      case 0 -> new Ban.Whole(cache);
      case 1, 2 -> new Ban.Matching(cache, Glob.of("k" + random.nextInt(3)));
      case 3 -> new Ban.Matching(cache, Glob.of("?" + random.nextInt(3)));
      case 4 -> random.nextInt(10) == 0 ? tag("*") : tag("t9");
      default -> tag("t" + random.nextInt(4));
    };
  }

  private static Ban tag(String tag) {
    return new Ban.Tagged(Set.of(tag));
  }
}
