package io.spinforge.benchmarks.nginx;

import io.spinforge.balance.BalancerListener;
import io.spinforge.balance.LoadBalancer;
import io.spinforge.balance.Member;
import io.spinforge.balance.nginx.NginxServer;
import io.spinforge.balance.nginx.NginxUpstream;
import io.spinforge.testkit.ManualTicker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Puts the balancer that {@link NginxUpstream} makes of a script's upstream through what nginx was
 * put through, and compares whom they choose. Where nginx finds nobody and answers 502, the
 * balancer has to panic and use all: another one that had the same requests is asked, since nginx'
 * books do not change either.
 */
final class Replay {
  private static final long START = Duration.ofDays(1).toNanos();

  /**
   * What came of a script.
   *
   * @param difference the first one, if any
   * @param ejected how often a member was left out
   * @param returned how often one came back
   */
  record Verdict(Optional<String> difference, int ejected, int returned) {}

  private final Setup setup;
  private final ManualTicker ticker = new ManualTicker(START);
  private final LoadBalancer<NginxServer> balancer;
  private final List<String> past = new ArrayList<>();
  private final List<Member<NginxServer>> running = new ArrayList<>();
  private final List<Long> starts = new ArrayList<>();
  private int ejected;
  private int returned;

  private Replay(Setup setup) {
    this.setup = setup;
    NginxUpstream upstream = NginxUpstream.parse(setup.block("u", 1, 2));
    balancer = upstream.builder().ticker(ticker).build();
    balancer.update(upstream.servers());
    balancer.addListener(
        new BalancerListener<>() {
          @Override
          public void onEjected(Member<NginxServer> member) {
            ejected++;
          }

          @Override
          public void onReturned(Member<NginxServer> member) {
            returned++;
          }
        });
  }

  /** Replays the line of a {@link Script}. */
  static Verdict of(String line) {
    String[] parts = line.split(" \\| ", -1);
    Replay replay = new Replay(Setup.parse(parts[0].replace(" |", "")));
    String[] events = parts.length < 2 ? new String[0] : parts[1].split(" ", -1);
    for (int i = 0; i < events.length; i++) {
      String ours = replay.event(events[i]);
      if (!ours.equals(events[i])) {
        String difference =
            "event " + i + ": nginx " + events[i] + ", balancer " + ours + ", script: " + line;
        return replay.verdict(Optional.of(difference));
      }
    }
    return replay.verdict(Optional.empty());
  }

  private Verdict verdict(Optional<String> difference) {
    return new Verdict(difference, ejected, returned);
  }

  /** Returns the event as it is with the balancer. */
  private String event(String event) {
    String ours = event;
    if (event.equals(">-")) {
      return nobody() ? event : ">?";
    } else if (event.startsWith(">")) {
      ours = open();
    } else if (event.startsWith("@")) {
      ticker.set(START + Duration.ofSeconds(Long.parseLong(event.substring(1))).toNanos());
    } else {
      int which = Integer.parseInt(event.substring(1, event.length() - 1));
      Answer answer = Answer.of(event.charAt(event.length() - 1));
      running.remove(which).end(starts.remove(which), answer.outcome);
    }
    past.add(event);
    return ours;
  }

  private String open() {
    long panicPicks = balancer.stats().panicPicks();
    Member<NginxServer> member = balancer.acquire();
    running.add(member);
    starts.add(member.begin());
    if (balancer.stats().panicPicks() > panicPicks) {
      return ">-";
    }
    String host = member.value().host();
    return ">" + (char) ('a' + Integer.parseInt(host.substring(host.lastIndexOf('.') + 1)) - 1);
  }

  /** Whether there is nobody to choose but in panic; the only one that is not down is never out. */
  private boolean nobody() {
    Replay same = new Replay(setup);
    past.forEach(same::event);
    boolean single = setup.servers().stream().filter(server -> !server.down()).count() == 1;
    return single || same.open().equals(">-");
  }
}
