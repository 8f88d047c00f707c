package io.spinforge.health.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses of names, on a real loop, with a name server and a clock of the test's. */
class ResolverTest {
  private final AtomicLong now = new AtomicLong();
  private final AtomicReference<InetAddress> server = new AtomicReference<>();
  private final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();
  private final CopyOnWriteArrayList<String> found = new CopyOnWriteArrayList<>();
  private final Helpers helpers = new Helpers("resolver-test", 2);
  private IoLoop loop;
  private Resolver resolver;

  @BeforeEach
  void start() {
    loop =
        new IoLoop(
            "resolver-test",
            now::get,
            new IoLoop.Driver() {
              @Override
              public long turn(long at) {
                return at + 1_000_000_000L;
              }

              @Override
              public void stopped() {}
            });
    resolver =
        new Resolver(
            loop,
            helpers,
            host -> {
              asked.add(host);
              return server.get();
            });
    loop.start();
  }

  @AfterEach
  void stop() {
    loop.stop(Duration.ofSeconds(10));
    helpers.close();
  }

  @Test
  void theLastGoodAddressServesWhileTheNameServerIsAway() throws Exception {
    server.set(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}));
    assertThat(lookUp("a.example")).isEqualTo("10.0.0.1");
    server.set(null);
    for (int i = 0; i < 5; i++) {
      now.addAndGet(TimeUnit.SECONDS.toNanos(31));
      int before = asked.size();
      assertThat(lookUp("a.example")).isEqualTo("10.0.0.1");
      await().until(() -> asked.size() > before);
    }
    server.set(InetAddress.getByAddress(new byte[] {10, 0, 0, 2}));
    now.addAndGet(TimeUnit.SECONDS.toNanos(31));
    await().until(() -> lookUp("a.example").equals("10.0.0.2"));
  }

  @Test
  void aFreshAnswerAndALiteralAskNobody() throws Exception {
    server.set(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}));
    assertThat(lookUp("a.example")).isEqualTo("10.0.0.1");
    assertThat(lookUp("a.example")).isEqualTo("10.0.0.1");
    assertThat(lookUp("10.0.0.7")).isEqualTo("10.0.0.7");
    assertThat(asked).containsExactly("a.example");
  }

  @Test
  void aNameThatNeverHadAnAddressHasNone() throws Exception {
    assertThat(lookUp("b.example")).isEqualTo("none");
  }

  @Test
  void aSlowNameServerHoldsUpNeitherTheLoopNorOtherNames() throws Exception {
    CountDownLatch answer = new CountDownLatch(1);
    Resolver slow =
        new Resolver(
            loop,
            helpers,
            host -> {
              if (host.equals("slow.example")) {
                await().until(() -> answer.getCount() == 0);
              }
              return server.get();
            });
    server.set(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}));
    loop.execute(() -> slow.lookUp("slow.example", address -> found.add("slow")));
    loop.execute(() -> slow.lookUp("fast.example", address -> found.add("fast")));
    await().until(() -> found.contains("fast"));
    assertThat(found).isEqualTo(List.of("fast"));
    answer.countDown();
    await().until(() -> found.contains("slow"));
  }

  private String lookUp(String host) {
    AtomicReference<String> result = new AtomicReference<>();
    loop.execute(
        () ->
            resolver.lookUp(
                host, address -> result.set(address == null ? "none" : address.getHostAddress())));
    await().until(() -> result.get() != null);
    return result.get();
  }
}
