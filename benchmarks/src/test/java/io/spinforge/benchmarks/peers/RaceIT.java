package io.spinforge.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The races of the comparison, with ours alone and watched for no longer than its bound takes. */
class RaceIT {

  private static final Duration WATCH = Duration.ofSeconds(3);

  @Test
  void oursForgetsWhatWasInvalidatedInBothRaces() {
    try (RedisServer redis = RedisServer.start();
        FaultProxy proxy = FaultProxy.to(redis.port())) {
      Race race = new Race(Contender.spinForge(), redis, proxy, WATCH);
      assertThat(race.invalidateDuringLoad()).isEqualTo(new Staleness(10, 0, Duration.ZERO));
      assertThat(race.subscriberCut().atTheEnd()).isZero();
    }
  }

  @Test
  void raceSeesTheOldAnswersOfACacheThatNobodyTells() {
    try (RedisServer redis = RedisServer.start();
        FaultProxy proxy = FaultProxy.to(redis.port())) {
      Race race = new Race(Contender.caffeine(), redis, proxy, Duration.ofSeconds(1));
      assertThat(race.subscriberCut().atTheEnd()).isEqualTo(10);
    }
  }
}
