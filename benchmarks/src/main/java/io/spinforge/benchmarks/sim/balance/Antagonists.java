package io.spinforge.benchmarks.sim.balance;

import io.spinforge.balance.LoadMeter;
import io.spinforge.balance.Policy;
import io.spinforge.balance.Probing;
import io.spinforge.balance.ServerLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * The setting of Prequal's evaluation ("Load is not what you should balance", NSDI 2024): 100
 * clients, 100 servers, each on a machine that it shares with others. A tenth of the machine is
 * allocated to a server, and it may use more while its neighbours leave it. What a request needs is
 * normal with a deviation equal to the mean, cut at 0, and it runs on one processor at a time.
 *
 * <p>The paper does not publish its neighbours. These take a part of their machine that is drawn
 * anew every five seconds around a mean of the machine's own; about a third of the machines are
 * wanted for more than they have, and everyone on them gets proportionally less. That was chosen so
 * that weighted round robin and Prequal as published come out as they do in the literature.
 */
final class Antagonists {
  static final int CLIENTS = 100;
  private static final int SERVERS = 100;
  private static final double MEAN_MILLIS = 80;
  private static final double DRAWN_MILLIS = 1.0833 * MEAN_MILLIS; // what the cut makes of it

  /** Processors that a server may always use: a tenth of its machine. */
  private static final double ALLOCATED = 4;

  private static final double SHARE = 0.1;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long CHANGES = 5 * SECOND;
  private static final long LIMIT = 5 * SECOND;
  private static final long HOP = TimeUnit.MICROSECONDS.toNanos(250);

  private final VirtualTime time = new VirtualTime();
  private final SplittableRandom random;
  private final List<SharedServer> servers = new ArrayList<>();

  /**
   * How one run went.
   *
   * @param p50 in milliseconds, as the other percentiles
   * @param failed requests not answered within five seconds, over all, in percent
   */
  record Result(double p50, double p99, double p999, double failed) {}

  private Antagonists(long seed) {
    random = new SplittableRandom(seed);
    SplittableRandom dice = random.split();
    for (int i = 0; i < SERVERS; i++) {
      servers.add(new SharedServer(dice.split()));
    }
  }

  /** Runs it for so many seconds at a load that is 1 when the allocations would be used up. */
  static Result run(Fleet fleet, double load, int seconds, long seed) {
    Antagonists setting = new Antagonists(seed);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(fleet.client(setting.time, setting.random.split(), setting.servers));
    }
    Traffic traffic =
        new Traffic(setting.time, setting.random.split(), clients, setting.servers, LIMIT, true);
    traffic.rate(load * SERVERS * ALLOCATED * 1_000 / DRAWN_MILLIS);
    setting.time.runUntil(15 * SECOND);
    traffic.forgetLatencies();
    Traffic.Counts warm = traffic.counts();
    setting.time.runUntil((15 + seconds) * SECOND);
    Traffic.Counts counts = traffic.counts().since(warm);
    return new Result(
        traffic.millis(50), traffic.millis(99), traffic.millis(99.9), 100 - counts.success());
  }

  /** Makes clients that choose by what they see themselves. */
  static Fleet of(Contender contender) {
    return (time, random, servers) -> contender.factory().client(time, random, servers.size());
  }

  /** Makes clients that probe, as the production balancer does it. */
  static Fleet probing(double hotAbove) {
    return (time, random, servers) -> {
      Probing<Integer> probing =
          Probing.<Integer>of(i -> servers.get(i).probe()).hotAbove(hotAbove);
      return new BalancerClient(
          time, random, servers.size(), builder -> builder.policy(Policy.hotCold(probing)));
    };
  }

  /** Makes the clients of one row. */
  interface Fleet {
    /** Returns one client of these servers. */
    Client client(VirtualTime time, SplittableRandom random, List<SharedServer> servers);
  }

  /** A server, its neighbours, and what it tells of its load. */
  final class SharedServer implements Server {
    private final SplittableRandom dice;
    private final double usual;
    private final SharingServer server;
    private final LoadMeter meter = LoadMeter.create(time);
    private long answered;

    SharedServer(SplittableRandom dice) {
      this.dice = dice;
      usual = 0.55 + 0.5 * dice.nextDouble();
      server =
          new SharingServer(
              time, () -> (long) (Math.max(0, 1 + dice.nextGaussian()) * MEAN_MILLIS * 1e6));
      change();
    }

    private void change() {
      double taken = usual + 0.15 * dice.nextGaussian();
      boolean crowded = taken > 1 - SHARE;
      server.processors(ALLOCATED * (crowded ? 1 / (taken + SHARE) : (1 - taken) / SHARE));
      time.in((long) (-Math.log(1 - dice.nextDouble()) * CHANGES), this::change);
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // what follows an answer throws nothing
    public void serve(CompletableFuture<Void> reply) {
      long token = meter.begin();
      reply.whenComplete(
          (nothing, failure) -> {
            answered += failure == null ? 1 : 0;
            meter.end(token);
          });
      server.serve(reply);
    }

    int inFlight() {
      return server.inFlight();
    }

    /** Returns the processor time used so far, in nanoseconds. */
    double used() {
      return server.used();
    }

    long answered() {
      return answered;
    }

    /** Answers a probe, which is on its way for a quarter of a millisecond each way. */
    CompletableFuture<ServerLoad> probe() {
      CompletableFuture<ServerLoad> answer = new CompletableFuture<>();
      time.in(
          HOP,
          () -> {
            ServerLoad load = meter.load();
            time.in(HOP, () -> answer.complete(load));
          });
      return answer;
    }
  }
}
