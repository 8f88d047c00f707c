package io.spinforge.cache.redis;

import io.spinforge.cache.redis.Channel.Invocation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
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
  private final String node;
  private final String member;
  private final long lifeMillis;
  private final Supplier<byte[]> sender;
  private final byte[] logLength;
  private final byte[] controlLength;
  private final AtomicLong placed = new AtomicLong(ThreadLocalRandom.current().nextInt());

  Barriers(
      Channel channel,
      Keys keys,
      String node,
      long lifeMillis,
      Supplier<byte[]> sender,
      byte[] logLength,
      byte[] controlLength) {
    this.channel = channel;
    this.keys = keys;
    this.node = node;
    this.lifeMillis = lifeMillis;
    this.member = member(node, lifeMillis);
    this.sender = sender;
    this.logLength = logLength;
    this.controlLength = controlLength;
  }

  /** Returns the number by which the control log goes. */
  public int control() {
    return keys.control();
  }

  /** Asks who reads the logs, this node left out; null if Redis is away. */
  public @Nullable Present present() {
    byte[][] names = {keys.nodes()};
    List<Object> reply = channel.call(Script.PRESENT, names, new byte[0][], late -> {});
    if (reply == null) {
      return null;
    }
    List<String> members = new ArrayList<>();
    long longest = lifeMillis;
    for (int i = 1; i < reply.size(); i += 2) {
      String name = Keys.text((byte[]) reply.get(i));
      long life = Long.parseLong(Keys.text((byte[]) reply.get(i + 1)));
      if (!name.equals(node)) {
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
    String id = node + "/" + placed.incrementAndGet(); // no key of a cache is without a colon
    long keep =
        Math.min(TimeUnit.NANOSECONDS.toMillis(nanos), present.longestMillis) + SPARE_MILLIS;
    List<Invocation> calls = new ArrayList<>();
    for (int log : logs) {
      byte[][] args = new byte[5 + present.members.size()][];
      args[0] = Calls.candidate();
      args[1] = sender.get();
      args[2] = lengthOf(log);
      args[3] = Keys.bytes(id);
      args[4] = RedisStore.number(keep);
      for (int i = 0; i < present.members.size(); i++) {
        args[5 + i] = Keys.bytes(present.members.get(i));
      }
      calls.add(new Invocation(Script.BARRIER, names(log, id), args, late -> {}));
    }
    return channel.callAll(calls).contains(null) ? null : id;
  }

  /** Returns those of some logs in which not every node has come to a barrier yet. */
  public List<Integer> left(String id, List<Integer> logs) {
    List<Invocation> calls = new ArrayList<>();
    for (int log : logs) {
      byte[][] names = {keys.missing(log, id)};
      calls.add(new Invocation(Script.LEFT, names, new byte[0][], late -> {}));
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
    byte[][] args = {Keys.bytes(member), sender.get(), lengthOf(log), Keys.bytes(id)};
    channel.tell(Script.ARRIVED, names(log, id), args);
  }

  /** Says that this node reads the logs no more. */
  void leave() {
    byte[][] names = {keys.nodes()};
    var unused = channel.call(Script.LEAVE, names, new byte[][] {Keys.bytes(node)}, late -> {});
  }

  private byte[][] names(int log, String id) {
    return new byte[][] {keys.state(log), keys.log(log), keys.missing(log, id)};
  }

  private byte[] lengthOf(int log) {
    return log == keys.control() ? controlLength : logLength;
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
