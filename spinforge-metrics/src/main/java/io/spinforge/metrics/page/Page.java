package io.spinforge.metrics.page;

import io.micrometer.core.instrument.MeterRegistry;
import io.spinforge.metrics.bind.Component;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The page: looks at everything now and then, and writes one document of what it saw, at most
 * {@value #MOST_CHARACTERS} characters: what does not fit is named instead. A document is written
 * when somebody asks, once a look. Thread-safe.
 */
public final class Page implements AutoCloseable {
  /** Less than 60 KiB by as much as a few characters of several bytes need. */
  static final int MOST_CHARACTERS = 56_000;

  /** Kept free for the sections at the end. */
  private static final int RESERVED = 12_000;

  private static final Logger log = LoggerFactory.getLogger("io.spinforge.metrics.page");

  /**
   * A component to be shown.
   *
   * @param kind of component
   * @param name that tells it from others of its kind
   * @param component itself
   */
  public record Part(Component kind, String name, Object component) {}

  /**
   * Where everything comes from.
   *
   * @param title the service's name
   * @param registry whose meters are shown
   * @param parts the components
   * @param naming names members and targets
   * @param goals the verdicts; empty if there are no goals
   * @param doctor what a doctor found last, null before its first look; itself null if there is
   *     none. Asked at each look, so must not block
   * @param clock for times of day
   */
  public record Sources(
      String title,
      MeterRegistry registry,
      List<Part> parts,
      Function<Object, String> naming,
      Supplier<List<GoalRow>> goals,
      @Nullable Supplier<? extends @Nullable List<Remark>> doctor,
      InstantSource clock) {}

  private final Sources sources;
  private final Clocking clocking;
  private final MeterIndex meters;
  private final GoalsPanel goals;
  private final List<Panel> components = new ArrayList<>();
  private final Panel doctor;
  private final Panel checklist;

  /** Guards everything below, and the panels. Held while a component is asked for its numbers. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Map<String, Throwable> failures = new HashMap<>();
  private @Nullable String written;

  /** Creates a page that has not looked yet. */
  public Page(Sources sources, Clocking clocking) {
    this.sources = sources;
    this.clocking = clocking;
    this.meters = new MeterIndex(sources.registry());
    this.goals = new GoalsPanel(sources.goals(), meters, clocking.history());
    List<Part> parts = new ArrayList<>(sources.parts());
    parts.sort(Comparator.comparingInt(part -> Panels.order(part.kind())));
    for (Part part : parts) {
      String id = "c" + components.size();
      components.add(Panels.of(part, id, this::name, meters, sources.clock(), clocking));
    }
    this.doctor = new DoctorPanel(sources.doctor());
    this.checklist = new ChecklistPanel(meters, goals::rows, clocking);
  }

  /** A naming of members may not know what to say of a checker's targets. */
  private String name(Object thing) {
    try {
      String name = sources.naming().apply(thing);
      return name == null ? String.valueOf(thing) : name;
    } catch (RuntimeException notOfItsKind) {
      return String.valueOf(thing);
    }
  }

  private List<Panel> all() {
    List<Panel> all = new ArrayList<>();
    all.add(goals);
    all.addAll(components);
    all.add(doctor);
    all.add(checklist);
    return all;
  }

  /** Looks at everything. What throws is shown as such and does not disturb the rest. */
  public void sample() {
    lock.lock();
    try {
      attempt("meters", meters::refresh);
      for (Panel panel : all()) {
        attempt(panel.id(), panel::sample);
      }
      written = null;
    } finally {
      lock.unlock();
    }
  }

  private void attempt(String id, Runnable look) {
    try {
      look.run();
      failures.remove(id);
    } catch (RuntimeException | LinkageError e) {
      if (failures.put(id, e) == null) {
        log.warn("The page cannot read {}; it shows the rest", id, e);
      }
    }
  }

  /** Returns the verdicts as JSON. */
  public String goalsJson() {
    lock.lock();
    try {
      return GoalsJson.of(goals.rows(), sources.clock().instant());
    } finally {
      lock.unlock();
    }
  }

  /** Returns the document. */
  public String html() {
    lock.lock();
    try {
      String known = written;
      if (known == null) {
        known = write();
        written = known;
      }
      return known;
    } finally {
      lock.unlock();
    }
  }

  private String write() {
    List<Reason> reasons = new ArrayList<>();
    for (Panel panel : all()) {
      if (failures.containsKey(panel.id())) {
        String text = panel.title() + " could not be read";
        reasons.add(new Reason(Level.UNKNOWN, text, panel.id()));
      } else {
        reasons.addAll(panel.reasons());
      }
    }
    reasons.sort(Comparator.comparing(Reason::level).reversed());
    Verdict verdict = new Verdict(sources.title(), reasons, goals.isJudged(), failures.size());
    Html out = new Html(MOST_CHARACTERS);
    out.raw(Assets.HEAD).text(verdict.title()).raw(Assets.HEAD_END);
    out.raw("<header><p class=\"brand\">")
        .shortText(sources.title(), 60)
        .raw("</p><p class=\"at\">");
    String at = sources.clock().instant().truncatedTo(ChronoUnit.SECONDS).toString();
    out.raw("<span id=\"live\">as of</span> <time>")
        .text(at.substring(11))
        .raw("</time></p></header>");
    out.raw("<main data-every=\"").raw(clocking.millis()).raw("\">");
    verdict.render(out);
    section(out, goals, "wide");
    out.raw("<div class=\"grid\" id=\"components\">");
    int left = components.size();
    for (Panel panel : components) {
      Html one = new Html();
      section(one, panel, "");
      if (out.length() + one.length() > MOST_CHARACTERS - RESERVED) {
        break;
      }
      out.all(one);
      left--;
    }
    out.raw("</div>");
    if (left > 0) {
      out.element("p", "more", "and " + left + " more components, on /metrics");
    }
    unbound(out);
    section(out, doctor, "wide");
    section(out, checklist, "wide");
    out.raw("</main><footer><p>Pictures show the ").text(clocking.span());
    out.raw(". <a href=\"metrics\">/metrics</a> <a href=\"goals.json\">/goals.json</a></p>");
    return out.raw("</footer>").raw(Assets.END).toString();
  }

  private void section(Html out, Panel panel, String style) {
    out.raw("<section id=\"").raw(panel.id()).raw("\" class=\"").raw(style).raw("\"><h2>");
    out.shortText(panel.title(), 60).raw("</h2>");
    Throwable failure = failures.get(panel.id());
    if (failure != null) {
      out.empty("It could not be read: " + failure.getClass().getSimpleName());
    } else {
      Html body = new Html();
      try {
        panel.render(body);
        out.all(body);
      } catch (RuntimeException | LinkageError e) {
        log.debug("The page cannot write {}", panel.id(), e);
        out.empty("It could not be shown: " + e.getClass().getSimpleName());
      }
    }
    out.raw("</section>");
  }

  /** Names what could be bound and is not. */
  private void unbound(Html out) {
    List<Component> bound = sources.parts().stream().map(Part::kind).toList();
    String missing =
        Arrays.stream(Component.values())
            .filter(kind -> !bound.contains(kind))
            .map(Component::type)
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      out.raw("<p class=\"unbound\" id=\"unbound\">Not bound: ").text(missing);
      out.raw(". <code>SpinForgeMetrics.builder(registry).bind(…)</code></p>");
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      components.forEach(Panel::close);
    } finally {
      lock.unlock();
    }
  }
}
