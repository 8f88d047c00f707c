package io.spinforge.scaling.forecast;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.Seeds;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import org.junit.jupiter.api.Test;

class CalendarTest {
  private static final String[] ZONES = {
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "+08:00"
  };

  @Test
  void localTimeIsThatOfJavaTimeAroundEveryChangeOfTheClock() {
    Seeds.run(
        20,
        (seed, random) -> {
          ZoneId zone = ZoneId.of(ZONES[random.nextInt(ZONES.length)]);
          Calendar calendar = new Calendar(zone, 60);
          long start = Instant.parse("2024-01-01T00:00:00Z").getEpochSecond() / 60;
          for (int i = 0; i < 2000; i++) {
            long cell = start + random.nextLong(3 * 366 * 1440L);
            ZonedDateTime at = Instant.ofEpochSecond(cell * 60).atZone(zone);
            assertThat(calendar.secondOfDay(cell)).isEqualTo(at.toLocalTime().toSecondOfDay());
            assertThat(calendar.hour(cell)).isEqualTo(at.getHour());
            int weekday = at.getDayOfWeek().getValue();
            assertThat(calendar.kind(cell)).isEqualTo(Math.max(0, weekday - 5));
            assertThat(calendar.secondOfWeek(cell) / 86_400).isEqualTo(weekday - 1);
            int days = random.nextInt(1, 22);
            ZonedDateTime then =
                Instant.ofEpochSecond(calendar.before(cell, days) * 60).atZone(zone);
            ZonedDateTime expected = at.minusDays(days);
            boolean skipped = !expected.toLocalTime().equals(at.toLocalTime());
            boolean twice =
                !zone.getRules()
                    .getValidOffsets(expected.toLocalDateTime())
                    .equals(java.util.List.of(expected.getOffset()));
            if (!skipped && !twice) {
              assertThat(then).isEqualTo(expected);
            }
          }
        });
  }

  @Test
  void holidayIsLikeASunday() {
    Calendar calendar = new Calendar(ZoneId.of("Europe/Berlin"), 3600);
    LocalDate day = LocalDate.of(2026, 5, 14);
    calendar.holiday(day.toEpochDay());
    long noon = day.atTime(12, 0).atZone(ZoneId.of("Europe/Berlin")).toEpochSecond() / 3600;
    assertThat(calendar.kind(noon)).isEqualTo(2);
    assertThat(calendar.kind(noon + 24)).isZero();
  }
}
