package io.spinforge.cache.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
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
  void oldestRecordsAreForgottenAndWhatIsOlderWithThem() {
    bans.knownAfter(0);
    BanMark first = bans.mark();
    for (int i = 1; i <= 1000; i++) {
      bans.applied(i, tag("other"));
    }
    assertThat(condemned(first)).isFalse();
    bans.applied(1001, tag("other"));
    assertThat(condemned(first)).isTrue();
    assertThat(bans.forgotten()).isEqualTo(1);
    for (int i = 0; i < 1001; i++) {
      bans.here(tag("other"), false);
    }
    assertThat(condemned(new BanMark(1001, 0, bans.generation()))).isTrue();
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

  private static Ban tag(String tag) {
    return new Ban.Tagged(Set.of(tag));
  }
}
