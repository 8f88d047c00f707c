package io.spinforge.benchmarks.sim.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.spinforge.cache.redis.CommandConnection;
import io.spinforge.cache.redis.Link;
import io.spinforge.cache.redis.LogConnection;
import io.spinforge.cache.redis.Script;
import io.spinforge.testkit.RedisServer;
import io.spinforge.testkit.Seeds;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The model Redis answers what the scripts answer on a real one: the same random calls to both, and
 * the same replies, with times, ids and first sequences taken out.
 */
class ModelRedisIT {
  private static final int SEQUENCES = 120;
  private static final int CALLS = 75;
  private static final byte[] MAXLEN = ModelRedis.bytes("10000");
  private static final byte[] SENDER = ModelRedis.bytes("node|7");

  @Test
  void modelAnswersWhatTheScriptsAnswer() throws Exception {
    try (RedisServer server = RedisServer.start();
        RedisClient client = RedisClient.create(server.uri());
        StatefulRedisConnection<String, String> admin = client.connect()) {
      Link link = Link.standalone(client);
      CommandConnection commands = link.connect();
      LogConnection log = link.connectLog(new byte[0], false).get(10, TimeUnit.SECONDS);
      Seeds.run(
          SEQUENCES,
          (seed, random) -> {
            admin.sync().flushall();
            Side real = new Side((script, keys, args) -> commands.call(script, keys, args).get());
            ModelRedis model = new ModelRedis(System::nanoTime);
            Side modelled = new Side(model::call);
            for (int i = 0; i < CALLS; i++) {
              step(random, real, modelled);
            }
            for (String q : List.of("p0", "p1", "c")) {
              byte[] name = ModelRedis.bytes("{x}:" + q + (q.equals("c") ? "tl" : "log"));
              assertThat(
                      real.records(
                          q,
                          log.read(new byte[][] {name}, zero(), Duration.ofMillis(1), 999).get()))
                  .isEqualTo(
                      modelled.records(
                          q,
                          model.after(ModelRedis.name(name), ModelStream.START, 999).stream()
                              .map(r -> r.in(name))
                              .toList()));
            }
          });
    }
  }

  @Test
  void callThatIsSentAgainToAnotherProcessBeginsAnIncarnationOfAnotherName() throws Exception {
    try (RedisServer server = RedisServer.start();
        RedisClient client = RedisClient.create(server.uri());
        StatefulRedisConnection<String, String> admin = client.connect()) {
      CommandConnection commands = Link.standalone(client).connect();
      byte[][] names = {ModelRedis.bytes("{x}:cq"), ModelRedis.bytes("{x}:ctl")};
      String candidate = "85af6c3bc0556d35";
      byte[][] args = {
        ModelRedis.bytes(candidate), SENDER, MAXLEN, text('T'), ModelRedis.bytes("tag")
      };
      List<Object> first = commands.call(Script.CONTROL, names, args).get();
      assertThat(ModelRedis.name((byte[]) first.get(1))).isEqualTo(candidate);
      admin.sync().hset("{x}:cq", "run", "another process, before a failover");
      List<Object> again = commands.call(Script.CONTROL, names, args).get();
      String run = admin.sync().hget("{x}:cq", "run");
      assertThat(ModelRedis.name((byte[]) again.get(1)))
          .isEqualTo(ModelState.named(candidate, run))
          .isNotEqualTo(candidate);
      assertThat((byte[]) again.get(0)).isNotEqualTo((byte[]) first.get(0));
    }
  }

  private static String[] zero() {
    return new String[] {"0-0"};
  }

  private static void step(SplittableRandom random, Side real, Side modelled) throws Exception {
    int kind = random.nextInt(21);
    int p = random.nextInt(2);
    int key = random.nextInt(2);
    // Now and then a name again: a question that is sent twice.
    long name = random.nextInt(3) == 0 ? 0xabcL + random.nextInt(2) : random.nextLong();
    byte[] candidate = ModelRedis.bytes(Long.toHexString(name | Long.MIN_VALUE));
    char mode = "LLLFP".charAt(random.nextInt(5));
    int lease = random.nextInt(real.leases.get(p).size() + 1);
    int other = random.nextInt(real.leases.get(1 - p).size() + 1);
    boolean reads = random.nextBoolean();
    String tag = "tag" + random.nextInt(3);
    List<List<String>> replies = new ArrayList<>();
    for (Side side : List.of(real, modelled)) {
      replies.add(
          switch (kind) {
            case 0 -> side.call(Script.CHECK, side.logs(), candidate);
            case 1, 2, 3 ->
                side.call(
                    Script.LEASE,
                    side.names(p, key),
                    candidate,
                    text(mode),
                    number(60_000),
                    number(0),
                    candidate);
            case 4, 5 ->
                side.call(
                    Script.FILL,
                    side.names(p, key),
                    side.lease(p, lease),
                    side.entry(p, lease),
                    number(60_000),
                    ModelRedis.bytes("k" + key),
                    SENDER,
                    MAXLEN);
            case 6 ->
                side.call(
                    Script.RELEASE,
                    new byte[][] {
                      side.names(p, key)[0], side.names(p, key)[1], side.names(p, key)[3]
                    },
                    side.lease(p, lease),
                    ModelRedis.bytes("k" + key),
                    SENDER,
                    MAXLEN);
            case 7 ->
                side.call(
                    Script.INVALIDATE,
                    side.names(p, key),
                    candidate,
                    SENDER,
                    MAXLEN,
                    ModelRedis.bytes("k" + key));
            case 8 ->
                random(lease)
                    ? side.call(Script.CLEAR, side.state(p), candidate, SENDER, MAXLEN)
                    : side.call(
                        Script.PUT,
                        side.names(p, key),
                        candidate,
                        SENDER,
                        MAXLEN,
                        ModelRedis.bytes("k" + key),
                        number(side.sequence(p, lease)),
                        side.entry(p, lease),
                        number(60_000));
            case 9 ->
                side.call(
                    Script.LEASE,
                    side.names(p, key),
                    candidate,
                    text('R'),
                    number(60_000),
                    number(side.sequence(p, lease)),
                    candidate);
            case 10, 11 ->
                side.call(
                    Script.LEASES,
                    side.namesOfBoth(p, key),
                    candidate,
                    number(60_000),
                    number(2),
                    number(2),
                    number(1),
                    reads ? new byte[0] : number(side.sequence(p, lease)),
                    mode == 'F' ? text('F') : new byte[0],
                    reads ? new byte[0] : number(side.sequence(1 - p, other)));
            case 12 ->
                side.call(
                    Script.FILLS,
                    side.namesOfBoth(p, key),
                    SENDER,
                    MAXLEN,
                    number(2),
                    number(2),
                    number(1),
                    side.lease(p, lease),
                    side.entry(p, lease),
                    number(60_000),
                    ModelRedis.bytes("k" + key),
                    side.lease(p, other),
                    side.entry(p, other),
                    number(60_000),
                    ModelRedis.bytes("k" + (1 - key)),
                    side.lease(1 - p, other),
                    side.entry(1 - p, other),
                    number(60_000),
                    ModelRedis.bytes("k" + key));
            case 13 ->
                side.call(
                    Script.TOUCH,
                    new byte[][] {
                      side.names(p, key)[0], side.names(p, key)[1], side.names(p, key)[2]
                    },
                    number(side.sequence(p, lease)),
                    number(60_000));
            case 15 ->
                side.call(
                    Script.HOLD,
                    side.names(p, key),
                    candidate,
                    SENDER,
                    MAXLEN,
                    number(60_000 + lease),
                    ModelRedis.bytes("k" + key));
            case 16 ->
                side.call(
                    Script.BARRIER,
                    side.barrier(p, key),
                    candidate,
                    SENDER,
                    MAXLEN,
                    text('b'),
                    number(60_000),
                    text('x'),
                    text('y'));
            case 17 ->
                side.call(
                    Script.ARRIVED,
                    side.barrier(p, key),
                    text(reads ? 'x' : 'y'),
                    SENDER,
                    MAXLEN,
                    text('b'));
            case 18 -> side.call(Script.LEFT, new byte[][] {side.barrier(p, key)[2]});
            case 19 ->
                side.call(
                    Script.HEADS, new byte[][] {side.names(p, key)[2]}, ModelRedis.bytes("511"));
            case 20 ->
                side.call(
                    Script.RECLAIM, new byte[][] {side.names(p, key)[2]}, side.entry(p, lease));
            default ->
                side.call(
                    Script.CONTROL,
                    new byte[][] {side.logs()[4], side.logs()[5]},
                    candidate,
                    SENDER,
                    MAXLEN,
                    text('T'),
                    ModelRedis.bytes(tag));
          });
    }
    assertThat(replies.get(1))
        .as("call %d of partition %d key %d", kind, p, key)
        .isEqualTo(replies.get(0));
  }

  private static boolean random(int lease) {
    return lease % 5 == 4;
  }

  private static byte[] number(long number) {
    return ModelRedis.bytes(Long.toString(number));
  }

  private static byte[] text(char c) {
    return ModelRedis.bytes(String.valueOf(c));
  }

  /** One of the two, with what it gave out and how that reads without times. */
  private static final class Side {
    private final Call call;
    private final List<List<String>> leases = List.of(new ArrayList<>(), new ArrayList<>());
    private final Map<String, Integer> ids = new HashMap<>();
    private final Map<String, Long> firsts = new HashMap<>();

    Side(Call call) {
      this.call = call;
    }

    List<String> call(Script script, byte[][] keys, byte[]... args) throws Exception {
      List<Object> reply = call.call(script, keys, args);
      List<String> out = new ArrayList<>();
      for (int i = 0; i < reply.size(); i++) {
        byte[] state = keys[script == Script.CHECK ? 2 * (i / 4) : 0];
        if (script == Script.LEASES && i >= 6) {
          state = keys[6]; // the other partition's
        }
        boolean leases = script == Script.LEASE || script == Script.LEASES;
        if (leases && i % 3 == 2 && Arrays.equals((byte[]) reply.get(i - 2), text('L'))) {
          String lease = ModelRedis.name((byte[]) reply.get(i));
          this.leases.get(ModelRedis.name(state).contains("p0") ? 0 : 1).add(lease);
        }
        out.add(canonical(ModelRedis.name(state), reply.get(i)));
      }
      return out;
    }

    byte[][] names(int p, int key) {
      return new byte[][] {
        state(p)[0],
        state(p)[1],
        ModelRedis.bytes("{x}:p" + p + "v:" + key),
        ModelRedis.bytes("{x}:p" + p + "l:" + key)
      };
    }

    byte[][] barrier(int p, int number) {
      byte[] missing = ModelRedis.bytes("{x}:p" + p + "a:" + number);
      return new byte[][] {state(p)[0], state(p)[1], missing};
    }

    /** Returns the names of both keys of a partition and of one of the other. */
    byte[][] namesOfBoth(int p, int key) {
      byte[][] one = names(p, key);
      byte[][] two = names(p, 1 - key);
      byte[][] three = names(1 - p, key);
      return new byte[][] {
        one[0], one[1], one[2], one[3], two[2], two[3], three[0], three[1], three[2], three[3]
      };
    }

    byte[][] state(int p) {
      return new byte[][] {
        ModelRedis.bytes("{x}:p" + p + "q"), ModelRedis.bytes("{x}:p" + p + "log")
      };
    }

    byte[][] logs() {
      return new byte[][] {
        state(0)[0],
        state(0)[1],
        state(1)[0],
        state(1)[1],
        ModelRedis.bytes("{x}:cq"),
        ModelRedis.bytes("{x}:ctl")
      };
    }

    byte[] lease(int p, int index) {
      List<String> known = leases.get(p);
      return ModelRedis.bytes(index < known.size() ? known.get(index) : "12|ab");
    }

    long sequence(int p, int index) {
      return Long.parseLong(ModelRedis.name(lease(p, index)).split("\\|")[0]);
    }

    byte[] entry(int p, int index) {
      return ByteBuffer.allocate(16).putInt(7).putLong(sequence(p, index)).putInt(index).array();
    }

    List<String> records(String log, List<LogConnection.Message> messages) {
      String state = "{x}:" + log + "q";
      List<String> out = new ArrayList<>();
      for (LogConnection.Message message : messages) {
        StringBuilder record = new StringBuilder(canonical(state, ModelRedis.bytes(message.id())));
        message
            .body()
            .forEach(
                (field, value) -> {
                  record.append(' ').append(ModelRedis.name(field)).append('=');
                  for (String part : ModelRedis.name(value).split("\\|")) {
                    record.append(canonical(state, ModelRedis.bytes(part))).append('|');
                  }
                });
        out.add(record.toString());
      }
      return out;
    }

    private String canonical(String state, Object part) {
      if (part instanceof Long number) {
        return number > 1000 ? "ttl" : number.toString();
      }
      byte[] bytes = (byte[]) part;
      if (bytes.length == 16 && bytes[3] == 7) {
        return "entry " + bytes[15];
      }
      String text = ModelRedis.name(bytes);
      if (text.matches("\\d+-\\d+")) {
        return text.equals("0-0")
            ? text
            : "id " + ids.computeIfAbsent(state + text, t -> ids.size());
      }
      if (text.matches("\\d{12,}(\\|[0-9a-f]+)?")) {
        String[] parts = text.split("\\|");
        long sequence = Long.parseLong(parts[0]); // begins at the time: told from the first one
        long first = firsts.computeIfAbsent(state, f -> sequence);
        return "seq " + (sequence - first) + (parts.length > 1 ? parts[1] : "");
      }
      return text;
    }
  }

  @FunctionalInterface
  private interface Call {
    List<Object> call(Script script, byte[][] keys, byte[][] args) throws Exception;
  }
}
