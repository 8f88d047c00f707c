package io.spinforge.benchmarks.demo;

import io.spinforge.benchmarks.load.Phase;
import io.spinforge.benchmarks.load.PhaseResult;
import io.spinforge.health.registry.RegistryUnavailableException;
import io.spinforge.health.registry.ServiceInstance;
import io.spinforge.health.registry.ServiceRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Redis is killed and comes back empty: no cache, no registry, no invalidations for a while. The
 * workers serve from the database, the balancer keeps the members it knows, and afterwards the
 * registrations are back and Redis answers again.
 */
final class RedisAway implements Scene {
  private static final Duration AWAY = Duration.ofSeconds(8);
  private static final Duration BACK = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "Redis away for " + AWAY.toSeconds() + " s";
  }

  @Override
  public List<Promise> play(Stage stage) throws Exception {
    List<ServiceInstance> before = stage.shop().workers();
    Phase away = stage.load("away", Stage.BUSY);
    stage.stopRedis();
    stage.pause(AWAY);
    long lost = before.stream().filter(worker -> lost(stage, worker)).count();
    Phase back = stage.load("back", Stage.BUSY);
    stage.startRedis();
    Optional<Duration> registered = registered(stage);
    long fromRedis = stage.answersFrom("redis");
    Optional<Duration> used = stage.until(BACK, () -> stage.answersFrom("redis") > fromRedis);
    stage.pause(Duration.ofSeconds(2));
    PhaseResult whileAway = stage.end(away);
    return List.of(
        Promise.p99Below(Stage.FAST, whileAway),
        Promise.atMost(0, "workers no longer chosen", lost),
        Promise.within(BACK, "back: all registered again", registered),
        Promise.within(BACK, "back: answers from Redis", used),
        Promise.noneFailed(whileAway, stage.end(back)));
  }

  /** A worker that goes on serving and is not chosen any more, because nobody could renew it. */
  private static boolean lost(Stage stage, ServiceInstance worker) {
    return stage.crew().serves(worker.port()) && !stage.shop().offers(worker);
  }

  /** Waits until all stand in Redis as somebody sees it who asks for the first time. */
  private static Optional<Duration> registered(Stage stage) throws Exception {
    try (ServiceRegistry stranger = stage.stranger()) {
      return stage.until(BACK, () -> count(stranger) >= stage.crew().ready());
    }
  }

  private static int count(ServiceRegistry registry) {
    try {
      return registry.discover(Wire.SERVICE).size();
    } catch (RegistryUnavailableException e) {
      return 0;
    }
  }
}
