package io.spinforge.cache.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** The way to one Redis through Lettuce. Thread-safe. */
abstract sealed class LettuceLink implements Link {
  private static final int REQUEST_QUEUE = 10_000;

  final Connecting connecting = new Connecting();

  static Link standalone(RedisClient client) {
    return new Standalone(client);
  }

  static Link cluster(RedisClusterClient client) {
    return new Cluster(client);
  }

  static Link built(RedisURI uri, Duration commandTimeout) {
    return new Built(uri, commandTimeout);
  }

  @Override
  public void close() {
    connecting.close();
  }

  private static non-sealed class Standalone extends LettuceLink {
    private final RedisClient client;

    Standalone(RedisClient client) {
      this.client = client;
    }

    @Override
    public CommandConnection connect() {
      StatefulRedisConnection<byte[], byte[]> c =
          connecting.here(() -> client.connect(ByteArrayCodec.INSTANCE));
      return new LettuceCommands(c, c.async(), c::isOpen);
    }

    @Override
    public CompletableFuture<LettuceLog> connectLog(byte[] logKey, boolean again) {
      // The client keeps the address to itself and offers only a blocking connect without it.
      return CompletableFuture.supplyAsync(
          () -> new LettuceLog(connecting.here(() -> client.connect(ByteArrayCodec.INSTANCE))),
          task -> {
            Thread thread = new Thread(task, "spinforge-cache-connect");
            thread.setDaemon(true);
            thread.start();
          });
    }

    @Override
    public List<int[]> groups(int partitions) {
      return List.of(IntStream.range(0, partitions).toArray());
    }

    @Override
    public String masterOf(byte[] key) {
      return "";
    }
  }

  private static final class Built extends Standalone {
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(2);

    private final RedisClient client;
    private final ClientResources resources;

    Built(RedisURI uri, Duration commandTimeout) {
      this(uri, commandTimeout, ClientResources.builder().reconnectDelay(new Steps()).build());
    }

    private Built(RedisURI uri, Duration commandTimeout, ClientResources resources) {
      this(client(uri, commandTimeout, resources), resources);
    }

    private Built(RedisClient client, ClientResources resources) {
      super(client);
      this.client = client;
      this.resources = resources;
    }

    private static RedisClient client(
        RedisURI uri, Duration commandTimeout, ClientResources resources) {
      uri.setTimeout(commandTimeout); // in place: a copy through the builder loses Sentinels
      RedisClient client = RedisClient.create(resources, uri);
      client.setOptions(
          ClientOptions.builder()
              .autoReconnect(true)
              .requestQueueSize(REQUEST_QUEUE)
              .socketOptions(
                  SocketOptions.builder().connectTimeout(LONGEST_DELAY).keepAlive(true).build())
              .timeoutOptions(TimeoutOptions.enabled())
              .build());
      return client;
    }

    @Override
    public void close() {
      super.close();
      client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
      var unused = resources.shutdown(0, 2, TimeUnit.SECONDS);
    }

    /** The guide's reconnect delay: min(50 ms × n, 2 s). */
    static final class Steps extends Delay {
      @Override
      public Duration createDelay(long attempt) {
        return Duration.ofMillis(Math.min(50 * attempt, LONGEST_DELAY.toMillis()));
      }
    }
  }

  private static final class Cluster extends LettuceLink {
    private final RedisClusterClient client;
    private final RedisClient direct;

    Cluster(RedisClusterClient client) {
      this.client = client;
      // Blocking reads need connections of their own, one for each partition: XREAD does not cross
      // slots, and a blocked connection serves nothing else. Same threads, same options.
      this.direct = RedisClient.create(client.getResources());
      this.direct.setOptions(client.getOptions());
    }

    @Override
    public CommandConnection connect() {
      StatefulRedisClusterConnection<byte[], byte[]> c =
          connecting.here(() -> client.connect(ByteArrayCodec.INSTANCE));
      // It says of itself what is true of one of its masters. Which of them answer, calls tell.
      return new LettuceCommands(c, c.async(), () -> true);
    }

    @Override
    public CompletableFuture<LettuceLog> connectLog(byte[] logKey, boolean again) {
      return connecting.begin(() -> toTheMaster(logKey, again));
    }

    private CompletableFuture<LettuceLog> toTheMaster(byte[] logKey, boolean again) {
      CompletionStage<Void> known =
          again ? client.refreshPartitionsAsync() : CompletableFuture.completedStage(null);
      return known
          .thenCompose(
              none -> {
                RedisClusterNode node =
                    client.getPartitions().getPartitionBySlot(SlotHash.getSlot(logKey));
                if (node == null) {
                  throw new IllegalStateException("no master owns the slot");
                }
                return direct.connectAsync(ByteArrayCodec.INSTANCE, node.getUri());
              })
          .thenApply(LettuceLog::new)
          .toCompletableFuture();
    }

    @Override
    public List<int[]> groups(int partitions) {
      return IntStream.range(0, partitions).mapToObj(p -> new int[] {p}).toList();
    }

    @Override
    public String masterOf(byte[] key) {
      RedisClusterNode node = client.getPartitions().getPartitionBySlot(SlotHash.getSlot(key));
      return node == null ? "" : node.getNodeId();
    }

    @Override
    public void close() {
      super.close();
      direct.shutdown(Duration.ZERO, Duration.ofSeconds(2)); // its threads are the host's and stay
    }
  }
}
