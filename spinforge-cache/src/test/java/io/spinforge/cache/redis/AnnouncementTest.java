package io.spinforge.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When others expect a node to answer, and when they passed over it. */
class AnnouncementTest {
  private final Announcement announcement = new Announcement(Duration.ofNanos(700));

  @Test
  void nothingIsCoveredBeforeTheFirst() {
    assertThat(announcement.covers(0)).isFalse();
    assertThat(announcement.renewed(10, 12)).isTrue();
    assertThat(announcement.covers(11)).isFalse();
    assertThat(announcement.covers(12)).isTrue();
  }

  @Test
  void whoIsRenewedInTimeIsCoveredAllAlong() {
    announcement.renewed(10, 12);
    assertThat(announcement.renewed(600, 709)).isFalse();
    assertThat(announcement.renewed(1299, 1299)).isFalse();
    assertThat(announcement.covers(12)).isTrue();
  }

  @Test
  void whatWasAskedBeforeABreakIsNotCovered() {
    announcement.renewed(10, 12);
    assertThat(announcement.renewed(600, 710)).isTrue(); // it may have come after the end
    assertThat(announcement.covers(709)).isFalse();
    assertThat(announcement.covers(710)).isTrue();
  }
}
