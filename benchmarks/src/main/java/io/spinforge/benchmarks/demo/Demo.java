package io.spinforge.benchmarks.demo;

import io.spinforge.benchmarks.load.Latency;
import io.spinforge.benchmarks.load.PhaseResult;
import io.spinforge.metrics.GoalReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/**
 * The main job in one command: {@code mvn -q -Pdemo verify}. A shop is opened, the scenes are
 * played one after the other on real traffic, and a table tells what each promised and what was
 * measured. Exit status 0 if every promise was kept, 1 if one was broken.
 *
 * <p>With {@code -Ddemo.keep=true} the shop stays open afterwards, until Ctrl-C.
 */
public final class Demo {
  private final Progress progress;
  private final Table table = new Table();

  /** Volatile: written by the scenes' thread, read by the progress display. */
  private volatile String scene = "opening";

  private Demo(Progress progress) {
    this.progress = progress;
  }

  /** Plays the demo; takes system properties, no arguments. */
  public static void main(String[] args) throws IOException {
    Path logs = Path.of(System.getProperty("demo.logs", "target/demo"));
    Files.createDirectories(logs);
    Jvm.logTo(logs.resolve("demo.log"));
    Jvm.keepConnections();
    if (Boolean.getBoolean("demo.endWithParent")) {
      ProcessHandle.current().parent().ifPresent(Demo::endWith);
    }
    Demo demo = new Demo(new Progress(System.out, Progress.onTerminal()));
    int status = 1;
    try {
      status = demo.run(logs);
    } catch (Exception e) {
      LoggerFactory.getLogger(Demo.class).error("The demo could not be played", e);
      demo.progress.say("The demo could not be played: " + e + " (more in " + logs + ")");
    }
    System.exit(status);
  }

  /** Whoever started this may be killed; the demo must not go on without being seen. */
  private static void endWith(ProcessHandle starter) {
    CompletableFuture<Void> unused = starter.onExit().thenRun(() -> Runtime.getRuntime().halt(1));
  }

  private int run(Path logs) throws Exception {
    progress.say("Opening the shop: Redis, a database, a gateway and " + Crew.FEWEST + " workers.");
    try (Stage stage = Stage.open(logs)) {
      progress.say("Open. Watch it at " + stage.observatory().uri() + " in a browser.");
      ScheduledExecutorService display =
          Executors.newSingleThreadScheduledExecutor(Threads.named("progress"));
      ScheduledFuture<?> shown =
          display.scheduleAtFixedRate(() -> show(stage), 1, 1, TimeUnit.SECONDS);
      for (Scene next : Scene.all()) {
        scene = next.name();
        table.add(next.name(), play(next, stage));
      }
      GoalReport goals = stage.observatory().report();
      table.add("performance goals", List.of(Observatory.promise(goals)));
      shown.cancel(false);
      display.shutdown();
      tell(stage, goals);
      if (Boolean.getBoolean("demo.keep")) {
        keep(stage);
      }
    }
    return table.allKept() ? 0 : 1;
  }

  @SuppressWarnings("IllegalCatch") // whatever goes wrong in a scene breaks its promises
  private static List<Promise> play(Scene scene, Stage stage) {
    try {
      return scene.play(stage);
    } catch (Exception e) {
      LoggerFactory.getLogger(Demo.class).error("{} could not be played", scene.name(), e);
      return List.of(new Promise("can be played", e.toString(), false));
    }
  }

  private void tell(Stage stage, GoalReport goals) {
    progress.say("");
    table.lines().forEach(progress::say);
    progress.say("");
    goals.toText().lines().forEach(line -> progress.say("  " + line));
    progress.say("  Goals over the last part: " + goals.level() + ", shown live by the page at");
    progress.say("  " + stage.observatory().uri());
    progress.say("");
    progress.say(
        String.format(
            Locale.ROOT,
            "  %s in %d s.",
            table.allKept() ? "Every promise was kept" : "A promise was BROKEN",
            stage.elapsed().toSeconds()));
  }

  private void keep(Stage stage) throws InterruptedException {
    stage.load("kept open", Stage.QUIET);
    progress.say("  The shop stays open: " + stage.shop().gateway().items() + "17");
    progress.say("  The page: " + stage.observatory().uri() + "  End with Ctrl-C.");
    new CountDownLatch(1).await(); // nobody counts down: a signal ends the process
  }

  private void show(Stage stage) {
    List<PhaseResult> phases = stage.results();
    if (phases.isEmpty()) {
      return;
    }
    Latency latency = stage.driver().interval();
    progress.state(
        stage.elapsed(),
        String.format(
            Locale.ROOT,
            "%3d s  %-22s %3.0f/s  p99 %4d ms  workers %d of %d  %s  failed %d",
            stage.elapsed().toSeconds(),
            scene,
            phases.get(phases.size() - 1).rate(),
            latency.p99().toMillis(),
            stage.shop().ready(),
            stage.crew().processes(),
            mix(stage.customers().sources()),
            phases.stream().mapToLong(PhaseResult::failed).sum()));
  }

  /** Where all answers came from so far, in percent. */
  static String mix(Map<String, Long> sources) {
    double all = sources.values().stream().mapToLong(Long::longValue).sum();
    StringBuilder mix = new StringBuilder();
    for (String source : List.of("memory", "redis", "fresh")) {
      double share = all == 0 ? 0 : 100 * sources.getOrDefault(source, 0L) / all;
      mix.append(
          String.format(Locale.ROOT, "%s%s %2.0f %%", mix.isEmpty() ? "" : ", ", source, share));
    }
    return mix.toString();
  }
}
