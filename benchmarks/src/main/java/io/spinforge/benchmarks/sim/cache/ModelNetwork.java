package io.spinforge.benchmarks.sim.cache;

import io.spinforge.cache.redis.CommandConnection;
import io.spinforge.cache.redis.Connection;
import io.spinforge.cache.redis.Link;
import io.spinforge.cache.redis.LogConnection;
import io.spinforge.cache.redis.Script;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One node's network. Messages of a connection keep their order and take their time; a cut breaks
 * the connections, a hang holds the messages up. The command connection comes back by itself and
 * sends again what had no answer, as Lettuce does; the log's does not.
 */
final class ModelNetwork implements Link {
  private static final long MILLI = 1_000_000;

  private final VirtualTime time;
  private final VirtualTime.Host host;
  private final ModelRedis redis;
  private final SplittableRandom random;
  private final boolean grouped;
  private final List<Wire> wires = new ArrayList<>();
  private final long usualLatency;
  private long cutUntil;
  private final Map<String, Long> logCuts = new HashMap<>(); // until when, by log; "" is all
  private long heldUntil;

  ModelNetwork(
      VirtualTime time,
      VirtualTime.Host host,
      ModelRedis redis,
      SplittableRandom random,
      long usualLatency) {
    this.time = time;
    this.host = host;
    this.redis = redis;
    this.random = random;
    this.usualLatency = usualLatency;
    this.grouped = random.nextInt(4) != 0 && redis.masters.count() == 1;
  }

  /** Breaks every connection, and keeps new ones away for a while. */
  void cut(long nanos) {
    cutUntil = Math.max(cutUntil, time.now() + nanos);
    breakAll(false);
  }

  /** Breaks the logs' connections alone, or one of them. */
  void cutLogs(long nanos) {
    List<Wire> logs = wires.stream().filter(wire -> wire.forLog).toList();
    int which = random.nextInt(2 * logs.size() + 1);
    boolean one = which < logs.size();
    logCuts.merge(one ? logs.get(which).key : "", time.now() + nanos, Math::max);
    (one ? List.of(logs.get(which)) : logs).forEach(Wire::interrupt);
  }

  /** Holds all messages up for a while: nothing is lost, nobody is told. */
  void hold(long nanos) {
    heldUntil = Math.max(heldUntil, time.now() + nanos);
  }

  /** Breaks the logs' connections to one master. */
  void breakLogs(int master) {
    for (Wire wire : List.copyOf(wires)) {
      if (wire.forLog && redis.masters.of(wire.key) == master) {
        wire.interrupt();
      }
    }
  }

  void breakAll(boolean logsOnly) {
    for (Wire wire : List.copyOf(wires)) {
      if (!logsOnly || wire.forLog) {
        wire.interrupt();
      }
    }
  }

  @Override
  public CommandConnection connect() {
    try {
      return this.<CommandConnection>connecting("", Commands::new).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new Broken("no connection");
    }
  }

  @Override
  public CompletableFuture<LogConnection> connectLog(byte[] logKey, boolean again) {
    String key = ModelRedis.name(logKey);
    return connecting(key, () -> new Log(key));
  }

  @Override
  public List<int[]> groups(int partitions) {
    return grouped
        ? List.of(IntStream.range(0, partitions).toArray())
        : IntStream.range(0, partitions).mapToObj(p -> new int[] {p}).toList();
  }

  @Override
  public String masterOf(byte[] key) {
    return Integer.toString(redis.masters.of(ModelRedis.name(key)));
  }

  @Override
  public void close() {}

  private boolean isCut(String log) {
    return time.now() < cutUntil
        || (!log.isEmpty() && (isLogCut("") || isLogCut(log) || redis.masters.away(log) > 0));
  }

  private boolean isLogCut(String log) {
    return time.now() < logCuts.getOrDefault(log, 0L);
  }

  private <T> CompletableFuture<T> connecting(String log, Supplier<T> made) {
    CompletableFuture<T> result = new VirtualFuture<>(time);
    time.post(
        host,
        2 * latency(),
        () -> {
          if (isCut(log)) {
            result.completeExceptionally(new Broken("refused"));
          } else {
            result.complete(made.get());
          }
        });
    return result;
  }

  private long latency() {
    long usual = usualLatency / 4 + random.nextLong(usualLatency);
    return Math.max(0, heldUntil - time.now()) + usual;
  }

  /** There is no connection; without a stack, as these come by the hundred in a schedule. */
  private static final class Broken extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    Broken(String message) {
      super(message);
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // it writes nothing
    public Throwable fillInStackTrace() {
      return this;
    }
  }

  /** One connection: two queues of messages. */
  private abstract class Wire implements Connection {
    final boolean forLog;
    final String key; // of a log
    final List<Request<?>> unanswered = new ArrayList<>();
    int incarnation;
    boolean open = true;
    boolean closed;
    private long lastThere;
    private long lastBack;

    Wire(String key) {
      this.forLog = !key.isEmpty();
      this.key = key;
      wires.add(this);
    }

    abstract void interrupted();

    void interrupt() {
      if (open) {
        open = false;
        incarnation++;
        time.post(host, 0, this::interrupted);
      }
    }

    <T> CompletableFuture<T> ask(byte[] about, Consumer<Consumer<T>> atRedis) {
      Request<T> request =
          new Request<>(ModelRedis.name(about), new VirtualFuture<>(time), atRedis);
      unanswered.add(request);
      if (open) {
        send(request);
      }
      return request.answer;
    }

    <T> void send(Request<T> request) {
      int sent = incarnation;
      lastThere = Math.max(lastThere, time.now() + latency());
      time.post(null, lastThere - time.now(), () -> arrive(sent, request));
    }

    /** Hands a message to its master, or keeps it until that is there. */
    private <T> void arrive(int sent, Request<T> request) {
      long away = redis.masters.away(request.key);
      if (sent != incarnation) {
        return;
      }
      if (away > 0) {
        time.post(null, away, () -> arrive(sent, request));
      } else {
        request.atRedis.accept(reply -> answer(sent, request, reply));
      }
    }

    private <T> void answer(int sent, Request<T> request, T reply) {
      lastBack = Math.max(lastBack, time.now() + latency());
      time.post(
          host,
          lastBack - time.now(),
          () -> {
            if (sent == incarnation && unanswered.remove(request)) {
              request.answer.complete(reply);
            }
          });
    }

    @Override
    public CompletableFuture<List<Object>> call(Script script, byte[][] keys, byte[][] args) {
      return ask(keys[0], reply -> reply.accept(redis.call(script, keys, args)));
    }

    @Override
    public CompletableFuture<String> info() {
      return ask(ModelRedis.bytes(key), reply -> reply.accept(redis.info()));
    }

    @Override
    public CompletableFuture<Void> close() {
      open = false;
      closed = true;
      incarnation++;
      wires.remove(this);
      for (Request<?> request : List.copyOf(unanswered)) {
        request.answer.completeExceptionally(new Broken("closed"));
      }
      unanswered.clear();
      return CompletableFuture.completedFuture(null);
    }
  }

  private record Request<T>(
      String key, CompletableFuture<T> answer, Consumer<Consumer<T>> atRedis) {}

  private final class Commands extends Wire implements CommandConnection {
    private int attempts;

    Commands() {
      super("");
    }

    @Override
    public boolean isOpen() {
      return open;
    }

    @Override
    public CompletableFuture<Page> scan(@Nullable Object from, byte[] pattern, int count) {
      ModelStore.Cursor at =
          from instanceof ModelStore.Cursor cursor ? cursor : ModelStore.Cursor.START;
      byte[] about = ModelRedis.bytes(ModelMasters.keyOf(at.master()));
      return ask(about, reply -> reply.accept(redis.scan(at, count)));
    }

    @Override
    public CompletableFuture<byte[]> agree(byte[] key, byte[] value) {
      return ask(key, reply -> reply.accept(redis.agree(key, value)));
    }

    @Override
    void interrupted() {
      attempts++;
      time.post(host, Math.min(50L * attempts, 2000) * MILLI, this::reconnect);
    }

    private void reconnect() {
      if (closed) {
        return;
      }
      if (isCut("")) {
        interrupted();
        return;
      }
      attempts = 0;
      open = true;
      List.copyOf(unanswered).forEach(this::send);
    }
  }

  private final class Log extends Wire implements LogConnection {
    private @Nullable Runnable lost;

    Log(String key) {
      super(key);
    }

    @Override
    public void onLost(Runnable told) {
      this.lost = told;
    }

    @Override
    void interrupted() {
      if (lost != null) {
        lost.run();
      }
    }

    @Override
    public CompletableFuture<List<Message>> read(
        byte[][] logs, String[] ids, Duration block, int count) {
      return ask(logs[0], reply -> new Blocked(this, logs, ids, count, reply).begin(block));
    }
  }

  /** A read that waits at Redis for records. */
  private final class Blocked {
    private final Log log;
    private final byte[][] logs;
    private final String[] names;
    private final ModelStream.Id[] ids;
    private final int count;
    private final Consumer<List<LogConnection.Message>> reply;
    private final int incarnation;
    private boolean over;

    Blocked(
        Log log,
        byte[][] logs,
        String[] ids,
        int count,
        Consumer<List<LogConnection.Message>> reply) {
      this.log = log;
      this.logs = logs;
      this.names = Stream.of(logs).map(ModelRedis::name).toArray(String[]::new);
      this.ids = Stream.of(ids).map(ModelStream.Id::parse).toArray(ModelStream.Id[]::new);
      this.count = count;
      this.reply = reply;
      this.incarnation = log.incarnation;
    }

    void begin(Duration block) {
      if (look()) {
        return;
      }
      redis.block(this::look);
      time.post(null, TimeUnit.MILLISECONDS.toNanos(block.toMillis()), this::giveUp);
    }

    /** Answers if there are records; true if there is nothing more to wait for. */
    private boolean look() {
      if (over || log.incarnation != incarnation) {
        return true;
      }
      List<LogConnection.Message> found = new ArrayList<>();
      for (int i = 0; i < logs.length; i++) {
        for (ModelStream.Row row : redis.after(names[i], ids[i], count)) {
          found.add(row.in(logs[i]));
        }
      }
      if (found.isEmpty()) {
        return false;
      }
      over = true;
      reply.accept(found);
      return true;
    }

    private void giveUp() {
      if (!over && log.incarnation == incarnation) {
        over = true;
        reply.accept(List.of());
      }
    }
  }
}
