package io.spinforge.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.spinforge.testkit.ManualTicker;
import io.spinforge.testkit.Seeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NginxPolicyTest {
  /** nginx's peer, with the fields that its round robin and its failure accounting have. */
  private static final class Peer {
    private final int weight;
    private int effective;
    private int current;
    private int fails;
    private long accessed;
    private long checked;

    Peer(int weight) {
      this.weight = weight;
      this.effective = weight;
    }
  }

  /** nginx's choice, over all peers every time; -1 when nobody is live. */
  private static int choose(List<Peer> peers, int maxFails, long timeout, long now) {
    Peer best = null;
    int total = 0;
    for (Peer peer : peers) {
      if (peers.size() > 1 && peer.fails >= maxFails && now - peer.checked <= timeout) {
        continue;
      }
      peer.current += peer.effective;
      total += peer.effective;
      if (peer.effective < peer.weight) {
        peer.effective++;
      }
      if (best == null || peer.current > best.current) {
        best = peer;
      }
    }
    if (best == null) {
      return -1;
    }
    best.current -= total;
    if (now - best.checked > timeout) {
      best.checked = now;
    }
    return peers.indexOf(best);
  }

  private static void free(List<Peer> peers, int index, boolean failed, int maxFails, long now) {
    Peer peer = peers.get(index);
    if (peers.size() == 1) {
      return;
    }
    if (failed) {
      peer.fails++;
      peer.accessed = now;
      peer.checked = now;
      peer.effective = Math.max(0, peer.effective - peer.weight / maxFails);
    } else if (peer.accessed < peer.checked) {
      peer.fails = 0;
    }
  }

  @Test
  void theSequenceIsNginxsWhateverFails() {
    Seeds.run(1_000, NginxPolicyTest::compare);
  }

  private static void compare(long seed, SplittableRandom random) {
    int size = 1 + random.nextInt(5);
    int maxFails = 1 + random.nextInt(4);
    int timeout = 1 + random.nextInt(20);
    int[] weights = random.ints(size, 1, 10).toArray();
    List<Peer> peers = new ArrayList<>();
    for (int weight : weights) {
      peers.add(new Peer(weight));
    }
    ManualTicker clock = new ManualTicker(Duration.ofDays(1).toNanos());
    LoadBalancer<Integer> balancer =
        LoadBalancer.<Integer>builder()
            .policy(Policy.nginx(maxFails, Duration.ofSeconds(timeout)))
            .weight(value -> weights[value])
            .ticker(clock)
            .build();
    balancer.update(IntStream.range(0, size).boxed().toList());
    int faults = random.nextInt(6);
    List<Member<Integer>> running = new ArrayList<>();
    for (int step = 0; step < 200; step++) {
      if (random.nextInt(8) == 0) {
        clock.advance(Duration.ofSeconds(1 + random.nextInt(timeout + 2)));
      }
      long now = clock.getAsLong() / Duration.ofSeconds(1).toNanos();
      if (running.isEmpty() || random.nextInt(5) < 3) {
        int expected = choose(peers, maxFails, timeout, now);
        if (expected < 0) {
          return; // nginx answers 502 now, this balancer panics: they part here
        }
        Member<Integer> member = balancer.acquire();
        assertThat(member.value()).as("step %s", step).isEqualTo(expected);
        running.add(member);
      } else {
        Member<Integer> member = running.remove(random.nextInt(running.size()));
        boolean failed = random.nextInt(10) < faults;
        member.end(clock.getAsLong(), failed ? Outcome.FAILURE : Outcome.SUCCESS);
        free(peers, member.value(), failed, maxFails, now);
      }
    }
  }

  @Test
  void valuesThatMakeNoSenseFailTheUpdateAndChangeNothing() {
    LoadBalancer<Object> balancer =
        LoadBalancer.builder()
            .policy(Policy.nginx(Integer.class, value -> value, value -> Duration.ofSeconds(value)))
            .build();
    balancer.update(List.of(1, 2));
    assertThatThrownBy(() -> balancer.update(List.of(3, -1)))
        .hasMessage("maxFails of -1: -1 (expected: >= 0)");
    assertThatThrownBy(() -> balancer.update(List.of(3, 0)))
        .hasMessage("failTimeout of 0: PT0S (expected: > 0, <= 365 days)");
    assertThatThrownBy(() -> balancer.update(List.of(3, "a")))
        .hasMessage("value: a (expected: a java.lang.Integer, the type that nginx was told)");
    assertThat(balancer.snapshot().members()).extracting(m -> m.value()).containsExactly(1, 2);
    assertThat(balancer.stats().updates()).isEqualTo(1);
  }
}
