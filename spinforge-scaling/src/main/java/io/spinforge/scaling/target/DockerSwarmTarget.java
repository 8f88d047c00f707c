package io.spinforge.scaling.target;

import io.spinforge.scaling.ApplyResult;
import io.spinforge.scaling.ScaleTarget;
import io.spinforge.scaling.internal.Checks;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Scales a replicated service of Docker Swarm over the socket of a manager's engine. It speaks the
 * engine's newest API, so that a specification comes back with every field it went out with, unless
 * {@link DockerSwarmBuilder#apiVersion} says another.
 *
 * <p><b>Reading</b> takes {@code Spec.Mode.Replicated.Replicas} and {@code Version.Index} of the
 * service (replicas that are not given are 1, Docker's default) and counts its tasks that should
 * run and do: with a health check a task runs when it is healthy. Starting are those that were
 * asked for and do not run yet.
 *
 * <p><b>Writing</b> sends back the specification as it was read in the same call, with only the
 * number changed, and the version that the decision was made from. Docker refuses an older version
 * with 500 and {@code update out of sequence}: a {@link ApplyResult.Conflict}, and so is 409; the
 * version also moves while an update rolls out. Docker has no place for a fence: a stale leader is
 * refused by the version, and in this process by the fence.
 *
 * <table>
 * <caption>Answers to a write</caption>
 * <tr><th>answer</th><th>result</th></tr>
 * <tr><td>200</td><td>Applied</td></tr>
 * <tr><td>409; 500 "update out of sequence"</td><td>Conflict</td></tr>
 * <tr><td>other 3xx and 4xx; 503 (no manager of a swarm); no connection</td><td>Rejected</td></tr>
 * <tr><td>other 5xx; no or half an answer</td><td>Unknown</td></tr>
 * </table>
 *
 * <p>Needs {@code com.fasterxml.jackson.core:jackson-databind}, and the right to the socket, which
 * is as much as root on that machine. A call blocks for the timeout at most; reading and writing
 * make two each. No thread, no lasting connection. Thread-safe.
 */
public final class DockerSwarmTarget implements ScaleTarget {
  private static final String[] REPLICAS = {"Spec", "Mode", "Replicated", "Replicas"};

  private final String service;
  private final String path;
  private final String tasks;
  private final UnixHttp engine;
  private final Fence fence = new Fence();

  /** One call at a time, so a fence is checked and written in one step; held while calls block. */
  private final ReentrantLock lock = new ReentrantLock();

  DockerSwarmTarget(String service, String prefix, UnixHttp engine) {
    this.service = service;
    this.engine = engine;
    path = prefix + "/services/" + service;
    String filters = "{\"service\":[\"" + service + "\"],\"desired-state\":[\"running\"]}";
    tasks = prefix + "/tasks?filters=" + URLEncoder.encode(filters, StandardCharsets.UTF_8);
  }

  /** Starts to describe a target. */
  public static DockerSwarmBuilder builder() {
    return new DockerSwarmBuilder();
  }

  /**
   * Reads the service and its tasks.
   *
   * @throws IOException saying what was asked and what came back, if that was no whole, sensible
   *     answer, or if the service is not a replicated one
   */
  @Override
  public State read() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      JsonDoc found = find();
      int desired = found.count(1, REPLICAS);
      long version = found.index("Version", "Index");
      List<JsonDoc> running = JsonDoc.array(engine.get(tasks).required().body());
      int ready = 0;
      for (JsonDoc task : running) {
        ready += task.text("Status", "State").equals("running") ? 1 : 0;
      }
      return new State(desired, ready, Math.max(0, desired - ready), Long.toString(version));
    } finally {
      lock.unlock();
    }
  }

  /** Updates the service; see the class comment for what becomes of it. */
  @Override
  public ApplyResult apply(int desired, State seen, OptionalLong fence)
      throws InterruptedException {
    Checks.argument(desired >= 0, "desired", desired, ">= 0");
    lock.lockInterruptibly();
    try {
      ApplyResult.Rejected late = this.fence.check(fence);
      return late != null ? late : update(desired, seen);
    } catch (NotSentException e) {
      return new ApplyResult.Rejected(Answer.reason(e));
    } catch (IOException e) {
      return new ApplyResult.Unknown(Answer.reason(e));
    } finally {
      lock.unlock();
    }
  }

  private ApplyResult update(int desired, State seen) throws IOException {
    byte[] specification;
    try {
      JsonDoc found = find();
      long version = found.index("Version", "Index");
      if (!seen.version().equals(Long.toString(version))) {
        return new ApplyResult.Conflict("version " + version + ", seen " + seen.version());
      }
      specification = found.with("Spec", desired, "Mode", "Replicated", "Replicas");
    } catch (NotSentException e) {
      throw e;
    } catch (IOException e) {
      throw new NotSentException("nothing was written: " + e.getMessage(), e);
    }
    return result(desired, engine.post(path + "/update?version=" + seen.version(), specification));
  }

  private static ApplyResult result(int desired, Answer answer) throws IOException {
    int status = answer.status();
    if (status == 200) {
      JsonDoc.object(answer.body()); // at most warnings, but whole
      return new ApplyResult.Applied(desired);
    }
    String fault = answer.fault();
    if (status == 409 || (status == 500 && fault.contains("update out of sequence"))) {
      return new ApplyResult.Conflict(fault);
    }
    return (status >= 300 && status < 500) || status == 503
        ? new ApplyResult.Rejected(fault)
        : new ApplyResult.Unknown(fault);
  }

  private JsonDoc find() throws IOException {
    JsonDoc found = JsonDoc.object(engine.get(path).required().body());
    if (!found.hasObject("Spec", "Mode", "Replicated")) {
      throw new IOException("service " + service + " is not replicated: it has no number to set");
    }
    return found;
  }

  @Override
  public String toString() {
    return "DockerSwarmTarget[" + service + "]";
  }
}
