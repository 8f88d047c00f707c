package io.spinforge.benchmarks.trials;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The short forms of the cache's trials on a real Redis. */
class CacheTrialsIT {

  /** Half a second for a busy machine; the long form allows nothing. */
  private static final Duration SLACK = Duration.ofMillis(500);

  @Test
  void twentyRandomCutsNeitherFailAReadNorServeWhatIsOlderThanTheBound() {
    long seed = System.nanoTime();
    CutReport report = RandomCuts.run(20, Duration.ofMillis(1_500), seed);
    assertThat(report.isKept(SLACK)).as("seed %d: %s", seed, report.lines()).isTrue();
    assertThat(report.keptShare()).as("seed %d: %s", seed, report.lines()).isGreaterThan(0.99);
  }

  @Test
  void schedulesOnARealRedisServeNothingThatWasInvalidatedLongAgoOrByTheNodeItself() {
    long seed = System.nanoTime();
    RedisSchedules.Seen seen = RedisSchedules.run(150, seed);
    assertThat(seen.isKept(SLACK)).as("seed %d: %s", seed, seen).isTrue();
    assertThat(seen.schedules).hasValue(150);
  }

  @Test
  void coldKeyIsLoadedOnceByAllAndTheNextOneLoadsWhenTheLeaseOfADeadOneEnds() {
    ColdKey.Seen seen = ColdKey.run(5, 10);
    assertThat(seen.mostLoads()).isOne();
    assertThat(seen.commandsEach()).isLessThanOrEqualTo(3);
    assertThat(seen.takeover())
        .isBetween(Duration.ofMillis(1_900), Duration.ofSeconds(2).plus(SLACK));
  }

  @Test
  void stoppedRedisCostsNeitherAReadNorAnInvalidation() {
    Outage.Seen seen = Outage.run(3, 2_000);
    assertThat(seen.isKept()).as("%s", seen).isTrue();
  }

  @Test
  void taggedEntriesLeaveNothingBesideThemAndWhatIsInvalidatedIsHeardElsewhere()
      throws InterruptedException {
    TagsAtScale.Seen few = TagsAtScale.see(200, 20);
    TagsAtScale.Seen more = TagsAtScale.see(4000, 20);
    assertThat(more.keysBeside()).isLessThanOrEqualTo(40); // two for each partition, and the nodes'
    assertThat(more.bytesBeside()).isLessThan(few.bytesBeside() + 4000);
  }
}
