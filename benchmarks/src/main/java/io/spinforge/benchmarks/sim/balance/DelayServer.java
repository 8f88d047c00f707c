package io.spinforge.benchmarks.sim.balance;

import java.util.concurrent.CompletableFuture;

/** Answers every request after a time that does not depend on how many others there are. */
final class DelayServer implements Server {
  /** How one server behaves. */
  interface Delay {
    /** Returns after how many nanoseconds it answers; negative if it fails after as many. */
    long nanos(long now);
  }

  private final VirtualTime time;
  private final Delay delay;

  DelayServer(VirtualTime time, Delay delay) {
    this.time = time;
    this.delay = delay;
  }

  @Override
  public void serve(CompletableFuture<Void> reply) {
    long nanos = delay.nanos(time.getAsLong());
    time.in(
        Math.abs(nanos),
        () -> {
          if (nanos < 0) {
            reply.completeExceptionally(Failures.REFUSED);
          } else {
            reply.complete(null);
          }
        });
  }
}
