package io.spinforge.health.registry.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.lettuce.core.RedisClient;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.RedisStateMachine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spinforge.health.registry.store.Answer;
import io.spinforge.health.registry.store.Claim;
import io.spinforge.health.registry.store.Hint;
import io.spinforge.health.registry.store.Lease;
import io.spinforge.health.registry.store.LeaseStore;
import io.spinforge.health.registry.store.StoreListener;
import io.spinforge.health.registry.store.Sync;
import io.spinforge.testkit.FaultProxy;
import io.spinforge.testkit.RedisServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Replies that a cut split, and that came again: whatever is read is what was sent. */
final class HalfRepliesIT {
  private static final Keys KEYS = new Keys("half");
  private static final long LEASE = 600_000;
  private static RedisServer server;

  @BeforeAll
  static void start() {
    server = RedisServer.start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  // Every byte, on the decoder

  /** Returns the very bytes that Redis answers to a script. */
  private static byte[] reply(Script script, String[] keys, String... args) throws IOException {
    List<String> words = new ArrayList<>(List.of("EVAL", script.text(), "" + keys.length));
    words.addAll(List.of(keys));
    words.addAll(List.of(args));
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(("*" + words.size() + "\r\n").getBytes(UTF_8));
    for (String word : words) {
      byte[] bytes = word.getBytes(UTF_8);
      request.writeBytes(("$" + bytes.length + "\r\n").getBytes(UTF_8));
      request.writeBytes(bytes);
      request.writeBytes("\r\n".getBytes(UTF_8));
    }
    try (Socket socket = new Socket(server.host(), server.port())) {
      socket.getOutputStream().write(request.toByteArray());
      // The end of the reply is where that of a PING begins.
      socket.getOutputStream().write("*1\r\n$4\r\nPING\r\n".getBytes(UTF_8));
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      while (!all.toString(UTF_8).endsWith("+PONG\r\n")) {
        all.write(socket.getInputStream().read());
      }
      byte[] both = all.toByteArray();
      byte[] reply = new byte[both.length - "+PONG\r\n".length()];
      System.arraycopy(both, 0, reply, 0, reply.length);
      return reply;
    }
  }

  private static String[] on(String service, String... args) {
    String[] all = new String[args.length + 2];
    all[0] = KEYS.changes(service);
    all[1] = KEYS.generations(service);
    System.arraycopy(args, 0, all, 2, args.length);
    return all;
  }

  /** Returns one reply of every script, and of every form of it. */
  private static Map<String, byte[]> replies() throws IOException {
    String[] keys = KEYS.of("a");
    String payload = "v=1&weight=1";
    Map<String, byte[]> all = new HashMap<>();
    for (int i = 0; i < 3; i++) {
      String[] args = on("a", "g", "id" + i, "n", "U", payload, "" + LEASE, "0");
      all.put("register", reply(Script.REGISTER, keys, args));
      all.put("register, own", reply(Script.REGISTER, keys, args));
    }
    String[] other = on("a", "g", "id1", "other", "U", payload, "" + LEASE, "0");
    all.put("register, taken", reply(Script.REGISTER, keys, other));
    all.put(
        "beat", reply(Script.BEAT, keys, on("a", "" + LEASE, "id0", "n", "id1", "x", "none", "n")));
    all.put("update", reply(Script.UPDATE, keys, on("a", "id0", "n", "1", "D", payload)));
    all.put("remove", reply(Script.REMOVE, keys, on("a", "id2", "n")));
    all.put("sync, whole", reply(Script.SYNC, keys, on("a", "", "0", "500")));
    all.put("sync, changes", reply(Script.SYNC, keys, on("a", "g", "2", "500")));
    all.put("sync, nothing new", reply(Script.SYNC, keys, on("a", "g", "5", "500")));
    all.put("sync, too many", reply(Script.SYNC, keys, on("a", "", "0", "1")));
    all.put("sync, empty", reply(Script.SYNC, KEYS.of("e"), on("e", "", "0", "500")));
    all.put("chunk", reply(Script.CHUNK, keys, on("a", "0")));
    String[] index = {KEYS.index(3)};
    all.put("note", reply(Script.NOTE, index, "a", "60000"));
    reply(Script.NOTE, index, "b", "60000");
    all.put("services", reply(Script.SERVICES, index));
    return all;
  }

  private static boolean decode(
      RedisStateMachine machine, byte[] bytes, int length, CommandOutput<String, String, ?> to) {
    ByteBuf buffer = Unpooled.wrappedBuffer(bytes, 0, length);
    return machine.decode(buffer, to);
  }

  @Test
  void noReplyOfAnyScriptThatWasCutAtAnyByteIsReadAsAnother() throws IOException {
    for (Map.Entry<String, byte[]> one : replies().entrySet()) {
      byte[] bytes = one.getValue();
      FlatReply whole = new FlatReply();
      assertThat(decode(new RedisStateMachine(), bytes, bytes.length, whole)).isTrue();
      assertThat(whole.whole()).as(one.getKey()).isTrue();
      List<Object> expected = List.copyOf(whole.get());
      assertThat(expected).isNotEmpty().noneMatch(List.class::isInstance);
      for (int cut = 0; cut < bytes.length; cut++) {
        FlatReply reply = new FlatReply();
        RedisStateMachine machine = new RedisStateMachine();
        assertThat(decode(machine, bytes, cut, reply)).isFalse();
        machine.reset();
        assertThat(decode(machine, bytes, bytes.length, reply)).isTrue();
        assertThat(reply.whole() && reply.get().equals(expected))
            .as(one.getKey() + " cut after " + cut + " of " + bytes.length)
            .isTrue();
      }
    }
  }

  // Real connections

  private static final class Deaf implements StoreListener {
    @Override
    public void changed(Hint hint) {}

    @Override
    public void reborn(String service) {}

    @Override
    public void following(String service) {}

    @Override
    public void connected() {}
  }

  private static Set<String> contents(Sync sync) {
    Set<String> contents = new HashSet<>();
    sync.changes().forEach(c -> contents.add(c.revision() + " " + c.id() + " " + c.entry()));
    return contents;
  }

  private static <T> T patiently(
      LeaseStore store, FaultProxy proxy, Function<LeaseStore, CompletableFuture<T>> call)
      throws Exception {
    for (int tries = 0; ; tries++) {
      try {
        return call.apply(store).get(10, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        assertThat(tries).as("calls until one is answered: " + e).isLessThan(200);
        proxy.heal();
        store.troubled();
        TimeUnit.MILLISECONDS.sleep(5); // a pause between attempts, as the registry makes them
      }
    }
  }

  @Test
  void repliesCutOnTheWireAreReadWholeOrFail() throws Exception {
    RedisClient direct = RedisClient.create(server.uri());
    try (FaultProxy proxy = FaultProxy.to(server.port());
        RedisLeaseStore truth = RedisLeaseStore.of(direct, "wire", "truth")) {
      RedisClient client = RedisClient.create("redis://127.0.0.1:" + proxy.port());
      try (RedisLeaseStore store = RedisLeaseStore.of(client, "wire", "cut")) {
        truth.start(new Deaf());
        store.start(new Deaf());
        for (int i = 0; i < 4; i++) {
          Claim claim = new Claim("id" + i, "n", 'U', "payload-" + i, LEASE, false);
          truth.register("a", claim).get(20, TimeUnit.SECONDS);
        }
        Set<String> expected = contents(truth.sync("a", "", 0).get(20, TimeUnit.SECONDS));
        List<Lease> leases = Stream.of("id0", "id1").map(id -> new Lease(id, "n")).toList();
        List<Answer> beaten = truth.beat("a", LEASE, leases).get(20, TimeUnit.SECONDS);
        int wrong = 0;
        int cuts = 0;
        for (int cut = 1; cut < 340; cut += 23) {
          patiently(store, proxy, s -> s.sync("a", "", 0)); // connected
          proxy.cutAfter(cut);
          CompletableFuture<Sync> asked = store.sync("a", "", 0);
          CompletableFuture<List<Answer>> beat = store.beat("a", LEASE, leases);
          await()
              .pollDelay(Duration.ZERO)
              .pollInterval(Duration.ofMillis(1))
              .until(() -> proxy.connections() < 2 || asked.isDone() && beat.isDone());
          cuts += asked.isDone() ? 0 : 1;
          proxy.heal();
          try {
            wrong += contents(asked.get(10, TimeUnit.SECONDS)).equals(expected) ? 0 : 1;
          } catch (ExecutionException e) {
            // a failed call is asked again by the registry
          }
          try {
            wrong += beat.get(10, TimeUnit.SECONDS).equals(beaten) ? 0 : 1;
          } catch (ExecutionException e) {
            // as above
          }
        }
        assertThat(wrong).isZero();
        assertThat(cuts).isGreaterThan(5);
      } finally {
        client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
      }
    } finally {
      direct.shutdown(Duration.ZERO, Duration.ofSeconds(2));
    }
  }
}
