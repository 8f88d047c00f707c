package io.spinforge.benchmarks.sim.balance;

import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * A server whose requests share its processors: each gets an equal part, and at most one processor.
 * How many processors there are changes with what the server's neighbours on its machine take.
 * Requests nobody waits for any more are dropped.
 */
final class SharingServer implements Server {
  private static final class Job implements Comparable<Job> {
    final double finish;
    final CompletableFuture<Void> reply;

    Job(double finish, CompletableFuture<Void> reply) {
      this.finish = finish;
      this.reply = reply;
    }

    @Override
    public int compareTo(Job other) {
      return Double.compare(finish, other.finish);
    }
  }

  private final VirtualTime time;
  private final LongSupplier work;
  private final PriorityQueue<Job> jobs = new PriorityQueue<>();
  private double processors = 1;

  /** What a request that was here from the beginning would have got, in processor nanoseconds. */
  private double served;

  private double used;
  private long asOf;

  /** Tells the completion that is still meant from those that other events overtook. */
  private long version;

  /**
   * Creates an idle server with one processor.
   *
   * @param work draws what the next request needs, in processor nanoseconds
   */
  SharingServer(VirtualTime time, LongSupplier work) {
    this.time = time;
    this.work = work;
  }

  /** Sets how many processors it has from now on. */
  void processors(double available) {
    settle();
    processors = available;
    plan();
  }

  int inFlight() {
    return jobs.size();
  }

  /** Returns the processor time used so far, in nanoseconds. */
  double used() {
    settle();
    return used;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what follows an answer throws nothing
  public void serve(CompletableFuture<Void> reply) {
    settle();
    Job job = new Job(served + work.getAsLong(), reply);
    jobs.add(job);
    plan();
    reply.whenComplete((nothing, failure) -> drop(job));
  }

  private void drop(Job job) {
    settle();
    if (jobs.remove(job)) {
      plan();
    }
  }

  private double speed() {
    return jobs.isEmpty() ? 0 : Math.min(1, processors / jobs.size());
  }

  private void settle() {
    long now = time.getAsLong();
    double each = (now - asOf) * speed();
    served += each;
    used += each * jobs.size();
    asOf = now;
  }

  private void plan() {
    long planned = ++version;
    if (!jobs.isEmpty()) {
      double left = Math.max(0, jobs.element().finish - served) / speed();
      time.in((long) Math.ceil(left), () -> finish(planned));
    }
  }

  private void finish(long planned) {
    if (planned != version) {
      return;
    }
    settle();
    Job done = jobs.remove();
    plan();
    done.reply.complete(null);
  }
}
