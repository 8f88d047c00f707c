package io.spinforge.cache.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether every node has applied a log up to its end. Thread-safe.
 *
 * <p>A barrier is a record of the log itself: a node that comes to it has applied all that stood
 * before it, and says so. Whom to expect is known from CHECK, which notes with the same trip that
 * its node reads the logs, and for how long it may believe what it was told; whoever has not
 * answered after that time does not believe it any more. The answer of the last node appends
 * another record, which wakes who waits: nobody polls, and without anybody who waits nothing is
 * sent or kept at all.
 */
public final class Barriers {
  private static final long SPARE_MILLIS = 1000;

  private final Channel channel;
  private final Keys keys;
  private final Requests requests;
  private final String member;
  private final long lifeMillis;
  private final AtomicLong placed = new AtomicLong(ThreadLocalRandom.current().nextInt());

  Barriers(Channel channel, Keys keys, Requests requests, long lifeMillis) {
    this.channel = channel;
    this.keys = keys;
    this.requests = requests;
    this.lifeMillis = lifeMillis;
    this.member = member(requests.node, lifeMillis);
  }

  /** Returns the number by which the control log goes. */
  public int control() {
    return keys.control();
  }

  /** Asks who reads the logs, this node left out; null if Redis is away. */
  public @Nullable Present present() {
    List<Object> reply = channel.call(requests.present());
    if (reply == null) {
      return null;
    }
    List<String> members = new ArrayList<>();
    long longest = lifeMillis;
    for (int i = 1; i < reply.size(); i += 2) {
      String name = Keys.text((byte[]) reply.get(i));
      long life = Long.parseLong(Keys.text((byte[]) reply.get(i + 1)));
      if (!name.equals(requests.node)) {
        members.add(member(name, life));
        longest = Math.max(longest, life);
      }
    }
    return new Present((Long) reply.get(0), longest, members);
  }

  /**
   * Places a barrier in each of some logs; returns its name, by which {@link LogSink#woken} is told
   * when the last node has come to it; null if Redis did not take all of them.
   */
  public @Nullable String place(List<Integer> logs, Present present, long nanos) {
    String id =
        requests.node + "/" + placed.incrementAndGet(); // no key of a cache is without a colon
    long keep =
        Math.min(TimeUnit.NANOSECONDS.toMillis(nanos), present.longestMillis) + SPARE_MILLIS;
    List<Invocation> calls = new ArrayList<>();
    for (int log : logs) {
      calls.add(requests.barrier(log, id, keep, present.members));
    }
    return channel.callAll(calls).contains(null) ? null : id;
  }

  /** Returns those of some logs in which not every node has come to a barrier yet. */
  public List<Integer> left(String id, List<Integer> logs) {
    List<Invocation> calls = new ArrayList<>();
    for (int log : logs) {
      calls.add(requests.left(log, id));
    }
    List<@Nullable List<Object>> replies = channel.callAll(calls);
    List<Integer> left = new ArrayList<>();
    for (int i = 0; i < logs.size(); i++) {
      List<Object> reply = replies.get(i);
      if (reply == null || (Long) reply.get(0) != 0) {
        left.add(logs.get(i));
      }
    }
    return left;
  }

  /** Says that this node has come to a barrier; does not wait. */
  void arrived(int log, String id) {
    channel.tell(requests.arrived(log, id, member));
  }

  /** Says that this node reads the logs no more. */
  void leave() {
    var unused = channel.call(requests.leave());
  }

  private static String member(String name, long lifeMillis) {
    return name + "|" + lifeMillis;
  }

  /**
   * Who reads the logs.
   *
   * @param completeMillis after how long all others believe nothing from before; -1 if that cannot
   *     be told
   * @param longestMillis for how long the most patient of them believes what it was told
   */
  public record Present(long completeMillis, long longestMillis, List<String> members) {}
}
