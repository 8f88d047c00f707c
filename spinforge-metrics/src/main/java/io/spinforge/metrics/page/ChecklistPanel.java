package io.spinforge.metrics.page;

import static io.spinforge.metrics.page.MeterIndex.any;
import static io.spinforge.metrics.page.MeterIndex.tag;

import io.micrometer.core.instrument.Meter;
import io.spinforge.metrics.bind.Catalogue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The ten things that a service should have its eyes on, each with what it is now. The machine is
 * looked at each 5 s: its meters read files, which cost more than all the rest of the page, and
 * rates over less are restless.
 */
final class ChecklistPanel implements Panel {
  /** By name, because they are there only where their binder is. */
  private static final String IO = "spinforge.host.io";

  private static final double MACHINE_SECONDS = 5;
  private static final String THROTTLED = "spinforge.container.cpu.throttled";
  private static final String CONTAINER_MEMORY = "spinforge.container.memory";

  private final MeterIndex meters;
  private final Supplier<List<GoalRow>> goals;
  private final double seconds;
  private final Map<String, Rate> rates = new LinkedHashMap<>();
  private List<Item> items = List.of();

  /** Looks from one at the machine to the next. */
  private final int rest;

  private long looks;

  /** The last of {@link #looks} that was one at the machine. */
  private long lookedAt;

  private Machine machine = new Machine("", "", "", "");

  /**
   * One of the ten.
   *
   * @param value empty if nothing measures it
   * @param missing what would measure it
   */
  private record Item(String name, String value, String missing) {}

  /** What meters of the machine told. */
  private record Machine(String cpuAndMemory, String network, String disk, String container) {}

  ChecklistPanel(MeterIndex meters, Supplier<List<GoalRow>> goals, Clocking clocking) {
    this.meters = meters;
    this.goals = goals;
    this.seconds = clocking.seconds();
    this.rest = (int) Math.max(1, Math.round(MACHINE_SECONDS / clocking.seconds()));
  }

  @Override
  public String id() {
    return "checklist";
  }

  @Override
  public String title() {
    return "What should be watched";
  }

  @Override
  public List<Reason> reasons() {
    return List.of();
  }

  @Override
  public void sample() {
    look();
    List<Item> found = new ArrayList<>();
    String http = "HttpMetrics";
    String system = "SpinForgeMetrics with system()";
    found.add(new Item("latency percentiles", goals("p"), "PerformanceGoals"));
    found.add(new Item("error rates and types", errors(), http));
    found.add(new Item("throughput", rate(Catalogue.HTTP_REQUESTS.id(), any(), "http"), http));
    found.add(new Item("CPU and memory", machine.cpuAndMemory, system));
    found.add(new Item("query performance", queries(), "a pool of TunedDataSource"));
    found.add(new Item("cache hit rates", hits(), "a CacheManager"));
    found.add(new Item("network I/O", machine.network, system));
    found.add(new Item("disk I/O", machine.disk, system));
    found.add(new Item("container metrics", machine.container, system + ", in a container"));
    found.add(new Item("application metrics", meters.size() + " meters", ""));
    items = found;
  }

  /** Looks at the machine if it is time to: at the first two looks, and then now and then. */
  private void look() {
    looks++;
    if (looks <= 2 || looks - lookedAt >= rest) {
      double since = (looks - lookedAt) * seconds;
      machine = new Machine(cpuAndMemory(), io("network", since), io("disk", since), container());
      lookedAt = looks;
    }
  }

  private double grown(String key, double count) {
    return grown(key, count, seconds);
  }

  private double grown(String key, double count, double since) {
    return rates.computeIfAbsent(key, name -> new Rate()).grown(count) / since;
  }

  private String rate(String name, Predicate<Meter.Id> which, String key) {
    double count = meters.count(name, which);
    return Double.isNaN(count) ? "" : Numbers.perSecond(grown(key, count));
  }

  private String goals(String start) {
    StringBuilder text = new StringBuilder();
    for (GoalRow row : goals.get()) {
      if (row.goal().startsWith(start) && Character.isDigit(row.goal().charAt(1))) {
        text.append(text.isEmpty() ? "" : ", ").append(row.goal()).append(' ');
        text.append(row.valueText());
      }
    }
    return text.toString();
  }

  private String errors() {
    String name = Catalogue.HTTP_REQUESTS.id();
    double all = meters.count(name, any());
    if (Double.isNaN(all)) {
      return "";
    }
    double server = grown("5xx", zero(meters.count(name, status('5'))));
    double client = grown("4xx", zero(meters.count(name, status('4'))));
    return "5xx " + Numbers.perSecond(server) + ", 4xx " + Numbers.perSecond(client);
  }

  private static double zero(double count) {
    return Double.isNaN(count) ? 0 : count;
  }

  private static Predicate<Meter.Id> status(char first) {
    return id -> {
      String status = id.getTag("status");
      return status != null && status.charAt(0) == first;
    };
  }

  private String cpuAndMemory() {
    double cpu = meters.gauge("process.cpu.usage", any());
    double heap = meters.gauge("jvm.memory.used", tag("area", "heap"));
    if (Double.isNaN(cpu) && Double.isNaN(heap)) {
      return "";
    }
    return Numbers.share(cpu) + ", heap " + Numbers.bytes(heap);
  }

  private String queries() {
    double count = meters.count(Catalogue.JDBC_QUERIES.id(), any());
    if (Double.isNaN(count)) {
      return "";
    }
    double rate = grown("queries", count);
    double time = grown("query time", meters.seconds(Catalogue.JDBC_QUERIES.id(), any()));
    String mean = rate > 0 ? ", mean " + Numbers.time(time / rate) : "";
    return Numbers.perSecond(rate) + mean;
  }

  private String hits() {
    String name = Catalogue.CACHE_REQUESTS.id();
    double all = meters.count(name, any());
    if (Double.isNaN(all)) {
      return "";
    }
    double fresh = grown("fresh", zero(meters.count(name, tag("source", "fresh"))));
    double reads = grown("reads", all);
    return reads > 0 ? Numbers.share(1 - fresh / reads) : "no reads now";
  }

  private String io(String resource, double since) {
    StringBuilder text = new StringBuilder();
    Map<String, Double> kinds = new LinkedHashMap<>();
    for (Meter meter : meters.named(IO)) {
      String kind = meter.getId().getTag("kind");
      if (kind != null && resource.equals(meter.getId().getTag("resource"))) {
        kinds.putIfAbsent(kind, 0.0);
      }
    }
    for (String kind : kinds.keySet()) {
      double count = meters.count(IO, tag("resource", resource).and(tag("kind", kind)));
      text.append(text.isEmpty() ? "" : ", ").append(kind).append(' ');
      text.append(Numbers.bytes(grown(resource + kind, count, since))).append("/s");
    }
    return text.toString();
  }

  private String container() {
    double memory = meters.gauge(CONTAINER_MEMORY, tag("kind", "used"));
    double throttled = meters.count(THROTTLED, any());
    if (Double.isNaN(memory) && Double.isNaN(throttled)) {
      return "";
    }
    String kept = Double.isNaN(throttled) ? "" : ", throttled " + Numbers.time(throttled);
    return "memory " + Numbers.bytes(memory) + kept;
  }

  @Override
  public void render(Html out) {
    out.raw("<dl class=\"checks\">");
    for (Item item : items) {
      boolean measured = !item.value.isEmpty();
      out.raw("<div><dt><span class=\"mark ").raw(measured ? "ok" : "unknown").raw("\">");
      out.raw(measured ? "✓" : "–").raw("</span>").text(item.name).raw("</dt><dd");
      out.raw(measured ? ">" : " class=\"missing\">");
      out.text(measured ? item.value : "not measured; needs " + item.missing).raw("</dd></div>");
    }
    out.raw("</dl>");
  }
}
