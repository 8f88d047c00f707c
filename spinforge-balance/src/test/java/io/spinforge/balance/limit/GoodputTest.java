package io.spinforge.balance.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.DoubleSummaryStatistics;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Servers with an endless queue, offered three times what they can do, by clients that wait a
 * second and then leave (their request is served all the same). Counted is what is answered in
 * time, against an oracle: all workers always busy with requests that somebody waits for. Service
 * times are exponential, which is unkind to whoever judges by times.
 */
class GoodputTest {
  private static final double OVERLOAD = 3;
  private static final long MILLI = 1_000_000;
  private static final long DEADLINE = 1_000 * MILLI;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration END = Duration.ofSeconds(50);

  private record Server(int workers, double serviceMillis) {
    double capacity() {
      return workers * 1_000 / serviceMillis;
    }
  }

  private static final Server SMALL = new Server(2, 50);
  private static final Server MEDIUM = new Server(10, 20);
  private static final Server LARGE = new Server(100, 20);

  static Stream<Arguments> limits() {
    return Stream.of(
        Arguments.of(MEDIUM, Limit.fixed(20), 0.95),
        Arguments.of(MEDIUM, Limit.aimd(), 0.95),
        Arguments.of(MEDIUM, Limit.vegas(), 0.95),
        Arguments.of(MEDIUM, Limit.gradient(), 0.95),
        Arguments.of(LARGE, Limit.aimd(), 0.95),
        Arguments.of(LARGE, Limit.gradient(), 0.95),
        Arguments.of(SMALL, Limit.vegas(), 0.95),
        Arguments.of(SMALL, Limit.aimd().timeout(Duration.ofMillis(250)), 0.93),
        // Creeps up to where requests are lost, and back.
        Arguments.of(SMALL, Limit.gradient(), 0.88),
        Arguments.of(SMALL, Limit.gradient().bounds(20, 1, 30), 0.95));
  }

  @ParameterizedTest
  @MethodSource("limits")
  void isNearTheOracle(Server server, Limit limit, double least) {
    DoubleSummaryStatistics parts = new DoubleSummaryStatistics();
    Seeds.run(
        4, (seed, random) -> parts.accept(goodput(server, limit, random) / server.capacity()));
    assertThat(parts.getAverage()).as("part of the oracle's goodput").isBetween(least, 1.05);
  }

  @Test
  void withoutALimitNobodyIsAnsweredInTime() {
    Limit none = Limit.fixed(Integer.MAX_VALUE);
    assertThat(goodput(MEDIUM, none, new SplittableRandom(1))).isLessThan(1);
  }

  private enum What {
    ARRIVAL,
    FINISH,
    DEADLINE
  }

  private record Event(long at, What what, Request request) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return Long.compare(at, other.at);
    }
  }

  private static final class Request {
    long permit;
    boolean over;
  }

  private static double goodput(Server server, Limit limit, SplittableRandom random) {
    ManualTicker ticker = new ManualTicker();
    ConcurrencyLimiter limiter =
        ConcurrencyLimiter.builder(limit).ticker(ticker).random(random).build();
    PriorityQueue<Event> events = new PriorityQueue<>();
    ArrayDeque<Request> queue = new ArrayDeque<>();
    int busy = 0;
    long answered = 0;
    events.add(new Event(0, What.ARRIVAL, new Request()));
    while (events.peek().at < END.toNanos()) {
      Event event = events.remove();
      Request request = event.request;
      ticker.set(event.at);
      switch (event.what) {
        case ARRIVAL -> {
          double mean = server.serviceMillis / server.workers / OVERLOAD;
          events.add(new Event(event.at + draw(mean, random), What.ARRIVAL, new Request()));
          request.permit = limiter.tryAcquire();
          if (request.permit != ConcurrencyLimiter.REJECTED) {
            queue.add(request);
            events.add(new Event(event.at + DEADLINE, What.DEADLINE, request));
          }
        }
        case FINISH -> {
          busy--;
          if (!request.over) {
            request.over = true;
            limiter.succeeded(request.permit);
            answered += event.at >= WARM_UP.toNanos() ? 1 : 0;
          }
        }
        default -> {
          if (!request.over) {
            request.over = true;
            limiter.dropped(request.permit);
          }
        }
      }
      while (busy < server.workers && !queue.isEmpty()) {
        busy++;
        Event finish =
            new Event(event.at + draw(server.serviceMillis, random), What.FINISH, queue.remove());
        events.add(finish);
      }
    }
    return answered / (double) (END.minus(WARM_UP).toMillis()) * 1_000;
  }

  private static long draw(double meanMillis, SplittableRandom random) {
    return (long) (-Math.log(1 - random.nextDouble()) * meanMillis * MILLI);
  }
}
