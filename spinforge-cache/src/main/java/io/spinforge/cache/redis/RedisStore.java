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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
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
  private static final byte[] CONTROL_LENGTH = Keys.bytes("100000");
  private static final int KEYS_AT_ONCE = 500;
  private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A value was not stored, since its key is held: it may be older than what is to come. */
  public static final long HELD = -2;

  private final RedisSettings settings;
  private final Link link;
  private final Keys keys;
  private final LongSupplier ticker;
  private final Execution execution;
  private final LogSink sink;
  private final String node = Long.toHexString(ThreadLocalRandom.current().nextLong());
  private final Breaker breaker = new Breaker();
  private final LogCounters counters = new LogCounters();
  private final Backlog backlog;
  private final Recovery recovery;
  private final Channel channel;
  private final BulkStore bulk;
  private final Barriers barriers;
  private final Reclaimer reclaimer;
  private final LostLeases lostLeases = new LostLeases();
  private final List<LogReader> readers = new ArrayList<>();
  private final LongAdder replayed = new LongAdder();

  // A sequence that each partition had, so that a put can name one; opaque hints, any is safe.
  private final AtomicLongArray sequences;

  // The incarnation in which each log is read; written by the log's thread.
  private final AtomicReferenceArray<String> incarnations;

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
      Execution execution,
      LogSink sink) {
    this.link = link;
    this.settings = settings;
    this.ticker = ticker;
    this.execution = execution;
    this.sink = sink;
    this.keys = new Keys(settings.namespace(), settings.partitions());
    this.sequences = new AtomicLongArray(settings.partitions());
    this.backlog = new Backlog(breaker, keys::partitionOf, settings.maximumQueued());
    this.recovery = new Recovery(settings.namespace(), new Comeback(), execution);
    this.channel =
        new Channel(
            link,
            keys,
            backlog,
            breaker,
            settings.commandTimeout().toNanos(),
            ticker,
            recovery::start);
    this.bulk =
        new BulkStore(
            channel,
            keys,
            link.groups(settings.partitions()),
            number(settings.leaseTimeToLive().toMillis()),
            this::sender,
            LOG_LENGTH,
            this::release,
            lostLeases);
    this.barriers =
        new Barriers(
            channel,
            keys,
            node,
            settings.maxStaleness().toMillis(),
            this::sender,
            LOG_LENGTH,
            CONTROL_LENGTH);
    this.reclaimer =
        new Reclaimer(
            channel, keys, link.groups(settings.partitions()), node, settings, execution, sink);
    this.incarnations = new AtomicReferenceArray<>(settings.partitions() + 1);
    RedisLogs logs =
        new RedisLogs(link, keys, settings, node, ticker, clockStep, incarnations, barriers);
    for (int[] group : link.groups(keys.logs())) {
      readers.add(new LogReader(logs, group, execution.scheduler(), sink, counters));
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
    reclaimer.start();
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
  public Fill fill(String key, LeaseReply.Lease lease, byte[] entry, long keepMillis) {
    int p = keys.partitionOf(key);
    byte[][] args = {
      Keys.bytes(lease.proof()), entry, number(keepMillis), Keys.bytes(key), sender(), LOG_LENGTH
    };
    List<Object> reply = channel.call(Script.FILL, keysOf(p, key), args, RedisStore::ignore);
    if (reply == null) {
      return Fill.UNKNOWN;
    }
    return (Long) reply.get(0) == 1 ? Fill.STORED : Fill.REFUSED;
  }

  /** Gives a lease back without a value; does not wait. */
  public void release(String key, LeaseReply.Lease lease) {
    int p = keys.partitionOf(key);
    byte[][] names = {keys.state(p), keys.log(p), keys.lease(p, key)};
    byte[][] args = {Keys.bytes(lease.proof()), Keys.bytes(key), sender(), LOG_LENGTH};
    channel.tell(Script.RELEASE, names, args);
  }

  /** Starts an entry's time to live anew, if it is the one of a sequence still; does not wait. */
  public void touch(String key, long sequence, long keepMillis) {
    int p = keys.partitionOf(key);
    byte[][] names = {keys.state(p), keys.log(p), keys.entry(p, key)};
    channel.tell(Script.TOUCH, names, new byte[][] {number(sequence), number(keepMillis)});
  }

  /**
   * Stores a value that was not loaded, and invalidates what the nodes have; returns the sequence
   * of that; 0 if it cannot be compared with those before, Redis having begun anew; -1 if Redis is
   * away: then an invalidation of the key is queued; {@link #HELD} if it is held and was
   * invalidated.
   *
   * @param entry makes the entry
   */
  public long put(String key, Encoder entry, long keepMillis) {
    int p = keys.partitionOf(key);
    long control = -1;
    for (int tries = 0; tries < 4; tries++) {
      long known = sequences.get(p);
      byte[][] args = {
        Calls.candidate(),
        sender(),
        LOG_LENGTH,
        Keys.bytes(key),
        number(known),
        entry.encode(known, control),
        number(keepMillis)
      };
      List<Object> reply = channel.call(Script.PUT, keysOf(p, key), args, RedisStore::ignore);
      if (reply == null) {
        return queue(List.of(key));
      }
      sequences.set(p, parse(reply.get(0)));
      if ((Long) reply.get(2) == 2) {
        return HELD;
      }
      long sequence = comparable(p, reply);
      if ((Long) reply.get(2) == 1 && (sequence > 0 || control >= 0)) {
        return sequence;
      }
      // Redis began anew, perhaps the control log too: put it again with a mark that counts now.
      control = control < 0 ? controlSequence() : control;
    }
    return invalidateIn(p, List.of(key)); // a new incarnation each time: leave it invalidated
  }

  /**
   * Invalidates keys, those of a partition in one step, all of them in one trip to each master.
   *
   * @param holdMillis for how long nothing may be stored under them; 0 for not at all
   * @param done told each group's keys and sequence; see {@link #put}
   */
  public void invalidate(Collection<String> all, long holdMillis, GroupDone done) {
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
                holdMillis > 0
                    ? new Invocation(
                        Script.HOLD, names, holdArgs(part, holdMillis), RedisStore::ignore)
                    : new Invocation(
                        Script.INVALIDATE, names, invalidateArgs(part), RedisStore::ignore));
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

  /** Returns what finds out how far the nodes have read. */
  public Barriers barriers() {
    return barriers;
  }

  /** Returns what reads and fills many keys at once. */
  public BulkStore bulk() {
    return bulk;
  }

  /**
   * Invalidates otherwise than by key, in one trip, whatever the number of keys; returns the
   * sequence of that in the control log, or as {@link #put} does.
   */
  public long control(Control control) {
    List<Object> reply =
        channel.call(Script.CONTROL, controlKeys(), controlArgs(control), RedisStore::ignore);
    if (reply == null) {
      backlog.addAndOpen(control);
      recovery.start();
      return -1;
    }
    return comparable(keys.control(), reply);
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

  /** Returns how many condemned entries this node has taken out of Redis. */
  public long reclaimed() {
    return reclaimer.reclaimed();
  }

  /** Tells whether requests go to Redis now. */
  public boolean isUp() {
    return breaker.isClosed();
  }

  /** Closes what is not the host's. The scheduler is still to run what this gives it. */
  public void close() {
    recovery.close();
    reclaimer.close();
    List<CompletableFuture<?>> closing = new ArrayList<>();
    for (LogReader reader : readers) {
      CompletableFuture<Void> stopped = execution.waits().newIncompleteFuture();
      execution.scheduler().execute(() -> complete(stopped, reader.stop()));
      closing.add(stopped);
    }
    awaitAll(closing);
    barriers.leave(); // after the last that they say of this node
    awaitAll(List.of(channel.close()));
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

  private static void complete(CompletableFuture<Void> told, CompletableFuture<Void> by) {
    var unused = by.whenComplete((none, failure) -> told.complete(null));
  }

  private static void awaitAll(List<CompletableFuture<?>> closing) {
    long patience = CLOSE_NANOS;
    for (CompletableFuture<?> one : closing) {
      try {
        one.get(patience, TimeUnit.NANOSECONDS);
      } catch (ExecutionException | TimeoutException e) {
        LOG.debug("a connection did not close in time", e);
        patience = 0; // for all of them together
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private LeaseReply ask(String key, String mode) {
    return ask(key, mode, number(0));
  }

  private LeaseReply ask(String key, String mode, byte[] sequence) {
    if (!breaker.isClosed()) {
      channel.rejected.increment();
      return new LeaseReply.Away();
    }
    int p = keys.partitionOf(key);
    byte[] candidate = Calls.candidate();
    byte[] lost = mode.equals("P") ? null : lostLeases.take(key);
    byte[] taker = lost == null ? candidate : lost;
    byte[] life = number(settings.leaseTimeToLive().toMillis());
    byte[][] args = {candidate, Keys.bytes(mode), life, sequence, taker};
    List<Object> reply =
        channel.call(Script.LEASE, keysOf(p, key), args, late -> giveBack(key, late));
    if (reply == null) {
      if (!mode.equals("P")) {
        lostLeases.add(key, taker);
      }
      return new LeaseReply.Away();
    }
    LeaseReply answer = LeaseReply.at(0, reply);
    if (answer instanceof LeaseReply.Lease lease) {
      sequences.set(p, lease.token());
    }
    return answer;
  }

  /** Gives back a lease that came too late, so that others need not wait for its end. */
  private void giveBack(String key, List<Object> late) {
    if (LeaseReply.at(0, late) instanceof LeaseReply.Lease lease) {
      release(key, lease);
    }
  }

  private long invalidateIn(int p, List<String> group) {
    List<Object> reply =
        channel.call(
            Script.INVALIDATE, invalidateKeys(p, group), invalidateArgs(group), RedisStore::ignore);
    return reply == null ? queue(group) : noted(p, reply);
  }

  /** Notes what was committed, and returns its sequence if that can be {@link #comparable}. */
  private long noted(int p, List<Object> reply) {
    sequences.set(p, parse(reply.get(0)));
    return comparable(p, reply);
  }

  /**
   * Returns the sequence of what was committed, or 0 if it is of another incarnation than the log
   * is read in: then it cannot be compared with the sequences that memory knows.
   */
  private long comparable(int log, List<Object> reply) {
    long sequence = parse(reply.get(0));
    return Keys.text((byte[]) reply.get(1)).equals(incarnations.get(log)) ? sequence : 0;
  }

  /** Returns the control log's sequence at this moment, or -1 if Redis is away. */
  public long controlSequence() {
    byte[][] args = {Calls.candidate()};
    List<Object> reply = channel.call(Script.CHECK, controlKeys(), args, RedisStore::ignore);
    return reply == null ? -1 : parse(reply.get(2));
  }

  private byte[][] controlKeys() {
    return new byte[][] {keys.state(keys.control()), keys.log(keys.control())};
  }

  private byte[][] controlArgs(Control control) {
    List<String> arguments = control.arguments();
    byte[][] args = new byte[4 + arguments.size()][];
    args[0] = Calls.candidate();
    args[1] = sender();
    args[2] = CONTROL_LENGTH;
    args[3] = Keys.bytes(String.valueOf(control.kind().operation()));
    for (int i = 0; i < arguments.size(); i++) {
      args[4 + i] = Keys.bytes(arguments.get(i));
    }
    return args;
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

  private byte[][] holdArgs(List<String> group, long millis) {
    List<byte[]> args = new ArrayList<>(List.of(invalidateArgs(group)));
    args.add(3, number(millis));
    return args.toArray(byte[][]::new);
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
        if (back) {
          sink.replayed();
        } else {
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

    private boolean replay(Control control) {
      int generation = sink.generation();
      List<Object> reply =
          channel.callWhileAway(Script.CONTROL, controlKeys(), controlArgs(control));
      if (reply == null) {
        return false;
      }
      sink.replayed(generation, comparable(keys.control(), reply), control);
      replayed.increment();
      return true;
    }

    private boolean replay(Backlog.Batch batch) {
      int p = batch.partition();
      Control control = batch.control();
      if (control != null) {
        return replay(control);
      }
      if (batch.clear()) {
        byte[][] names = {keys.state(p), keys.log(p)};
        byte[][] args = {Calls.candidate(), sender(), LOG_LENGTH};
        return told(channel.callWhileAway(Script.CLEAR, names, args) != null, List.of());
      }
      List<String> group = batch.keys();
      long held = group.stream().mapToLong(sink::heldMillis).max().orElse(0);
      boolean done =
          channel.callWhileAway(
                  held > 0 ? Script.HOLD : Script.INVALIDATE,
                  invalidateKeys(p, group),
                  held > 0 ? holdArgs(group, held) : invalidateArgs(group))
              != null;
      if (done) {
        replayed.add(group.size());
      }
      return told(done, group);
    }

    private boolean told(boolean done, List<String> group) {
      if (done) {
        sink.replayed(group);
      }
      return done;
    }
  }

  /** Makes the bytes of an entry. */
  @FunctionalInterface
  public interface Encoder {
    /**
     * Returns the entry.
     *
     * @param control the control log's sequence that it respects, or -1 for that which the caller
     *     knows of
     */
    byte[] encode(long sequence, long control);
  }

  /** Told how a group of keys was invalidated. */
  @FunctionalInterface
  public interface GroupDone {
    /** Takes the keys of one partition and their sequence, as {@link RedisStore#put} tells it. */
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
