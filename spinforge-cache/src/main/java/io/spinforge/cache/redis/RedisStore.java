package io.spinforge.cache.redis;

import io.spinforge.cache.redis.Channel.Invocation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The invalidation protocol over Redis. Thread-safe; every operation blocks for one round trip, and
 * for the command timeout at most.
 *
 * <p>Each partition has a sequence. A read that finds nothing takes a <em>lease</em>: a number from
 * the sequence, noted under the key for a limited time. A value is stored only while its lease
 * still stands, and an invalidation deletes it: whatever was read before the invalidation can never
 * come after it (the leases of Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013). The
 * same atomic step appends to the partition's log, so "deleted but not announced" cannot be; see
 * {@link LogReader} for how the others hear of it. Whoever finds another's lease waits to be woken
 * by the log, for as long as the lease can last.
 *
 * <p>Said openly: a failover of asynchronous replication can lose an invalidation that Redis had
 * acknowledged, and with it the entry's deletion.
 */
public final class RedisStore {
  private static final Logger LOG = LoggerFactory.getLogger(RedisStore.class);
  private static final byte[] LOG_LENGTH = Keys.bytes("10000");
  private static final int KEYS_AT_ONCE = 500;

  private final RedisSettings settings;
  private final Link link;
  private final Keys keys;
  private final LongSupplier ticker;
  private final ScheduledExecutorService scheduler;
  private final String node = Long.toHexString(ThreadLocalRandom.current().nextLong());
  private final Breaker breaker = new Breaker();
  private final LogCounters counters = new LogCounters();
  private final Backlog backlog;
  private final Recovery recovery;
  private final Channel channel;
  private final BulkStore bulk;
  private final List<LogReader> readers = new ArrayList<>();
  private final LongAdder replayed = new LongAdder();

  // A sequence that each partition had, so that a put can name one; opaque hints, any is safe.
  private final AtomicLongArray sequences;

  /**
   * Creates a store that is away until {@link #open}.
   *
   * @param clockStep how far behind the clock of the hits may be
   */
  public RedisStore(
      Link link,
      RedisSettings settings,
      LongSupplier ticker,
      Duration clockStep,
      ScheduledExecutorService scheduler,
      LogSink sink) {
    this.link = link;
    this.settings = settings;
    this.ticker = ticker;
    this.scheduler = scheduler;
    this.keys = new Keys(settings.namespace(), settings.partitions());
    this.sequences = new AtomicLongArray(settings.partitions());
    this.backlog = new Backlog(breaker, keys::partitionOf, settings.maximumQueued());
    this.recovery = new Recovery(settings.namespace(), new Comeback());
    this.channel =
        new Channel(
            link, keys, backlog, breaker, settings.commandTimeout().toNanos(), recovery::start);
    this.bulk =
        new BulkStore(
            channel,
            keys,
            link.groups(settings.partitions()),
            number(settings.leaseTimeToLive().toMillis()),
            this::sender,
            LOG_LENGTH);
    RedisLogs logs = new RedisLogs(link, keys, settings, node, ticker, clockStep);
    for (int[] group : link.groups(settings.partitions())) {
      readers.add(new LogReader(logs, group, scheduler, sink, counters));
    }
  }

  /**
   * Connects, waiting for {@code patience} at most; a Redis that is away now is tried again later.
   *
   * @throws UnsuitableRedisException if it answers and cannot be used
   */
  public void open(Duration patience) {
    recovery.start();
    try {
      recovery.firstTry().get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnsuitableRedisException unsuitable) {
        throw unsuitable;
      }
    } catch (TimeoutException e) {
      LOG.warn("redis does not answer yet namespace={}", settings.namespace());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    readers.forEach(LogReader::start);
  }

  /** Returns the partition of a key, the same on every node. */
  public int partitionOf(String key) {
    return keys.partitionOf(key);
  }

  /** Reads an entry, or takes the lease to load it. */
  public LeaseReply lease(String key) {
    return ask(key, "L");
  }

  /** Takes the lease to replace an entry that could not be read. */
  public LeaseReply leaseToReplace(String key) {
    return ask(key, "F");
  }

  /**
   * Takes the lease to refresh an entry that stays readable meanwhile; answers {@link
   * LeaseReply.Hit} if another one is there.
   *
   * @param sequence of the entry that is to be refreshed
   */
  public LeaseReply leaseToRefresh(String key, long sequence) {
    return ask(key, "R", number(sequence));
  }

  /** Reads an entry and takes no lease. */
  public LeaseReply peek(String key) {
    return ask(key, "P");
  }

  /** Stores what was loaded under a lease, for {@code keepMillis}. */
  public Fill fill(String key, long token, byte[] entry, long keepMillis) {
    int p = keys.partitionOf(key);
    byte[][] args = {
      number(token), entry, number(keepMillis), Keys.bytes(key), sender(), LOG_LENGTH
    };
    List<Object> reply = channel.call(Script.FILL, keysOf(p, key), args, RedisStore::ignore);
    if (reply == null) {
      return Fill.UNKNOWN;
    }
    return (Long) reply.get(0) == 1 ? Fill.STORED : Fill.REFUSED;
  }

  /** Gives a lease back without a value; does not wait. */
  public void release(String key, long token) {
    int p = keys.partitionOf(key);
    byte[][] names = {keys.state(p), keys.log(p), keys.lease(p, key)};
    byte[][] args = {number(token), Keys.bytes(key), sender(), LOG_LENGTH};
    channel.tell(Script.RELEASE, names, args);
  }

  /** Starts an entry's time to live anew; does not wait. */
  public void touch(String key, long keepMillis) {
    int p = keys.partitionOf(key);
    byte[][] names = {keys.state(p), keys.log(p), keys.entry(p, key)};
    channel.tell(Script.TOUCH, names, new byte[][] {number(keepMillis)});
  }

  /**
   * Stores a value that was not loaded, and invalidates what the nodes have; returns the sequence
   * of that, or -1 if Redis is away: then an invalidation of the key is queued.
   *
   * @param entry makes the entry for a sequence
   */
  public long put(String key, LongFunction<byte[]> entry, long keepMillis) {
    int p = keys.partitionOf(key);
    for (int tries = 0; tries < 3; tries++) {
      long known = sequences.get(p);
      byte[][] args = {
        Calls.candidate(),
        sender(),
        LOG_LENGTH,
        Keys.bytes(key),
        number(known),
        entry.apply(known),
        number(keepMillis)
      };
      List<Object> reply = channel.call(Script.PUT, keysOf(p, key), args, RedisStore::ignore);
      if (reply == null) {
        return queue(List.of(key));
      }
      long sequence = parse(reply.get(0));
      sequences.set(p, sequence);
      if ((Long) reply.get(1) == 1) {
        return sequence;
      }
    }
    return invalidateIn(p, List.of(key)); // a new incarnation each time: leave it invalidated
  }

  /**
   * Invalidates keys, those of a partition in one step, all of them in one trip to each master.
   *
   * @param done told each group's keys and sequence, the sequence -1 where Redis is away and the
   *     keys are queued
   */
  public void invalidate(Collection<String> all, GroupDone done) {
    Map<Integer, List<String>> groups = new TreeMap<>();
    for (String key : all) {
      groups.computeIfAbsent(keys.partitionOf(key), p -> new ArrayList<>()).add(key);
    }
    List<List<String>> parts = new ArrayList<>();
    List<Integer> partitions = new ArrayList<>();
    List<Invocation> calls = new ArrayList<>();
    groups.forEach(
        (p, group) -> {
          for (int i = 0; i < group.size(); i += KEYS_AT_ONCE) {
            List<String> part = group.subList(i, Math.min(group.size(), i + KEYS_AT_ONCE));
            parts.add(part);
            partitions.add(p);
            byte[][] names = invalidateKeys(p, part);
            calls.add(
                new Invocation(Script.INVALIDATE, names, invalidateArgs(part), RedisStore::ignore));
          }
        });
    List<@Nullable List<Object>> replies = channel.callAll(calls);
    for (int i = 0; i < calls.size(); i++) {
      List<Object> reply = replies.get(i);
      int p = partitions.get(i);
      long sequence = reply == null ? queue(parts.get(i)) : noted(p, reply);
      done.accept(p, parts.get(i), sequence);
    }
  }

  private long noted(int p, List<Object> reply) {
    long sequence = parse(reply.get(0));
    sequences.set(p, sequence);
    return sequence;
  }

  /** Returns what reads and fills many keys at once. */
  public BulkStore bulk() {
    return bulk;
  }

  /** Returns the counters and the state. */
  public Snapshot snapshot() {
    return new Snapshot(
        breaker.state().name(),
        channel.requests.sum(),
        channel.failures.sum(),
        channel.rejected.sum(),
        breaker.opened(),
        backlog.size(),
        replayed.sum(),
        counters.records.sum(),
        counters.resets.sum(),
        counters.lag);
  }

  /** Tells whether requests go to Redis now. */
  public boolean isUp() {
    return breaker.isClosed();
  }

  /** Closes what is not the host's. The scheduler is still to run what this gives it. */
  public void close() {
    recovery.close();
    List<CompletableFuture<?>> closing = new ArrayList<>();
    for (LogReader reader : readers) {
      closing.add(
          CompletableFuture.completedFuture(null)
              .thenComposeAsync(none -> reader.stop(), scheduler));
    }
    closing.add(channel.close());
    awaitAll(closing);
    int lost = backlog.size();
    if (lost > 0) {
      LOG.warn(
          "closed with invalidations that redis never got namespace={} keys={}",
          settings.namespace(),
          lost);
    }
    link.close();
  }

  private static void ignore(List<Object> late) {}

  private static void awaitAll(List<CompletableFuture<?>> closing) {
    try {
      CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new)).get(2, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("connections did not close in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private LeaseReply ask(String key, String mode) {
    return ask(key, mode, number(0));
  }

  private LeaseReply ask(String key, String mode, byte[] sequence) {
    int p = keys.partitionOf(key);
    byte[][] args = {
      Calls.candidate(), Keys.bytes(mode), number(settings.leaseTimeToLive().toMillis()), sequence
    };
    List<Object> reply =
        channel.call(Script.LEASE, keysOf(p, key), args, late -> giveBack(key, late));
    if (reply == null) {
      return new LeaseReply.Away();
    }
    LeaseReply answer = leaseReply(reply);
    if (answer instanceof LeaseReply.Lease lease) {
      sequences.set(p, lease.token());
    }
    return answer;
  }

  static LeaseReply leaseReply(Object answer) {
    List<?> reply = (List<?>) answer;
    return switch (((byte[]) reply.get(0))[0]) {
      case 'H' -> new LeaseReply.Hit((byte[]) reply.get(1), (Long) reply.get(2));
      case 'W' -> new LeaseReply.Wait((Long) reply.get(1));
      case 'L' -> new LeaseReply.Lease(parse(reply.get(1)));
      case 'B' -> new LeaseReply.Bypass();
      default -> new LeaseReply.Miss();
    };
  }

  /** Gives back a lease that came too late, so that others need not wait for its end. */
  private void giveBack(String key, List<Object> late) {
    if (((byte[]) late.get(0))[0] == 'L') {
      release(key, parse(late.get(1)));
    }
  }

  private long invalidateIn(int p, List<String> group) {
    List<Object> reply =
        channel.call(
            Script.INVALIDATE, invalidateKeys(p, group), invalidateArgs(group), RedisStore::ignore);
    return reply == null ? queue(group) : noted(p, reply);
  }

  private byte[][] invalidateKeys(int p, List<String> group) {
    byte[][] names = new byte[2 + 2 * group.size()][];
    names[0] = keys.state(p);
    names[1] = keys.log(p);
    for (int i = 0; i < group.size(); i++) {
      names[2 + 2 * i] = keys.entry(p, group.get(i));
      names[3 + 2 * i] = keys.lease(p, group.get(i));
    }
    return names;
  }

  private byte[][] invalidateArgs(List<String> group) {
    byte[][] args = new byte[3 + group.size()][];
    args[0] = Calls.candidate();
    args[1] = sender();
    args[2] = LOG_LENGTH;
    for (int i = 0; i < group.size(); i++) {
      args[3 + i] = Keys.bytes(group.get(i));
    }
    return args;
  }

  /** Queues what Redis may not have got; it is replayed before anything is read from there. */
  private long queue(List<String> group) {
    backlog.addAndOpen(group);
    recovery.start();
    return -1;
  }

  private byte[][] keysOf(int p, String key) {
    return new byte[][] {keys.state(p), keys.log(p), keys.entry(p, key), keys.lease(p, key)};
  }

  private byte[] sender() {
    return Keys.bytes(node + "|" + ticker.getAsLong());
  }

  static byte[] number(long value) {
    return Keys.bytes(Long.toString(value));
  }

  private static long parse(Object number) {
    return Long.parseLong(Keys.text((byte[]) number));
  }

  /** What the recovery does at each try. Runs on its thread only. */
  private final class Comeback implements Recovery.Attempt {
    @Override
    public boolean succeeds() {
      backlog.halfOpen();
      boolean back = false;
      try {
        back = channel.probe() && replay();
        return back;
      } finally {
        if (!back) {
          backlog.open();
        }
      }
    }

    @Override
    public boolean isNeeded() {
      return !breaker.isClosed();
    }

    private boolean replay() {
      while (!backlog.closeIfEmpty()) {
        Backlog.Batch batch = backlog.take();
        if (!batch.isEmpty() && !replay(batch)) {
          backlog.giveBack(batch);
          return false;
        }
      }
      return true;
    }

    private boolean replay(Backlog.Batch batch) {
      int p = batch.partition();
      if (batch.clear()) {
        byte[][] names = {keys.state(p), keys.log(p)};
        byte[][] args = {Calls.candidate(), sender(), LOG_LENGTH};
        return channel.callWhileAway(Script.CLEAR, names, args);
      }
      List<String> group = batch.keys();
      boolean done =
          channel.callWhileAway(Script.INVALIDATE, invalidateKeys(p, group), invalidateArgs(group));
      if (done) {
        replayed.add(group.size());
      }
      return done;
    }
  }

  /** Told how a group of keys was invalidated. */
  @FunctionalInterface
  public interface GroupDone {
    /** Takes the keys of one partition and their sequence, -1 if they are queued. */
    void accept(int partition, List<String> keys, long sequence);
  }

  /**
   * Counters and state at a moment.
   *
   * @param breaker CLOSED, OPEN or HALF_OPEN
   */
  public record Snapshot(
      String breaker,
      long requests,
      long failures,
      long rejected,
      long breakerOpened,
      int queued,
      long replayed,
      long logRecords,
      long logResets,
      Duration lag) {}
}
