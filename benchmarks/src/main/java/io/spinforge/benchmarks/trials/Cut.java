package io.spinforge.benchmarks.trials;

import io.lettuce.core.KillArgs;
import io.lettuce.core.api.sync.RedisCommands;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.FaultProxy.Direction;
import io.spinforge.testkit.RedisServer;
import java.util.Random;

/** A way in which the connection between an instance and its Redis goes wrong. */
enum Cut {
  /** Connections are reset and come back at once. */
  RESET,
  /** Connections are reset, and new ones refused for a while. */
  REFUSED,
  /** Nothing goes through any more, and nobody is told. */
  SILENT,
  /** Answers do not come back any more; what was asked is done. */
  NO_ANSWERS,
  /** Connections end in the middle of an answer. */
  IN_THE_MIDDLE,
  /** The server closes all connections, those of the writer too. */
  CLIENT_KILL,
  /** The server is stopped for a while and goes on where it was. */
  STOPPED,
  /** The server loses all its data. */
  FLUSHALL,
  /** The server is killed and comes back without data. */
  RESTART;

  /** Where it happens. */
  record Scene(RedisServer redis, FaultProxy proxy, RedisCommands<String, String> admin) {}

  /** Returns whether memory may be kept: Redis has lost nothing. */
  boolean losesNothing() {
    return this != FLUSHALL && this != RESTART;
  }

  /** Begins the fault. */
  void begin(Scene scene, Random random) {
    switch (this) {
      case RESET -> scene.proxy.cut();
      case REFUSED -> {
        scene.proxy.refuse();
        scene.proxy.cut();
      }
      case SILENT -> scene.proxy.halfOpen();
      case NO_ANSWERS -> scene.proxy.halfOpen(Direction.ANSWERS);
      case IN_THE_MIDDLE -> scene.proxy.cutAfter(random.nextInt(2_000));
      case CLIENT_KILL -> scene.admin.clientKill(KillArgs.Builder.typeNormal().skipme());
      case STOPPED -> scene.redis.pause();
      case FLUSHALL -> scene.admin.flushall();
      case RESTART -> scene.redis.stop();
    }
  }

  /** Ends the fault. */
  void end(Scene scene) {
    switch (this) {
      case STOPPED -> scene.redis.resume();
      case RESTART -> scene.redis.restart();
      default -> scene.proxy.heal();
    }
  }
}
