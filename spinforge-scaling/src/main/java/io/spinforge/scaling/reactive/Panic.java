package io.spinforge.scaling.reactive;

/**
 * The rule of Knative's pod autoscaler (KPA): a stable window says how many, a short one says
 * whether to panic, and in panic the number only rises.
 *
 * <p>Source: "About autoscaling: stable and panic mode" in the Knative documentation and the
 * behaviour of its autoscaler. In short: each window proposes its mean by the target, rounded up
 * and kept within the greatest change of one step; a short-window proposal of at least the
 * threshold times the ready instances begins or prolongs a panic; it ends one stable window after
 * the last such proposal. An autoscaler that starts over more than one instance starts in panic,
 * because it has lost what it knew.
 */
public final class Panic {
  /** Not panicking, at nothing. */
  public static final State CALM = new State(false, 0, 0);

  private Panic() {}

  /**
   * The settings.
   *
   * @param threshold short-window proposal by ready instances from which it panics; Knative: 2
   * @param growth greatest factor up in one step; Knative: 1,000
   * @param shrinkage greatest factor down in one step; Knative: 2
   * @param window length of the stable window in nanoseconds
   * @param activation least number while there is any demand; 0 or 1 is none
   */
  public record Rules(
      double threshold, double growth, double shrinkage, long window, int activation) {}

  /**
   * What one step leaves to the next.
   *
   * @param panicking whether it panics
   * @param since time of the last proposal beyond the threshold
   * @param most highest number of this panic
   */
  public record State(boolean panicking, long since, int most) {}

  /**
   * The outcome of one step.
   *
   * @param replicas proposed number of instances
   * @param state for the next step
   */
  public record Result(int replicas, State state) {}

  /** Returns the state to start with over so many ready instances. */
  public static State start(int ready, long now) {
    return ready > 1 ? new State(true, now, ready) : CALM;
  }

  /**
   * Takes one step.
   *
   * @param stable mean demand over the stable window
   * @param brief mean demand over the short window
   * @param target demand that one instance should carry
   * @param now time on the axis of {@code state}
   */
  public static Result step(
      Rules rules, double stable, double brief, double target, int ready, State state, long now) {
    double instances = Math.max(1, ready);
    double highest = Math.ceil(rules.growth() * instances);
    double lowest = Math.floor(instances / rules.shrinkage());
    double calm = Math.ceil(stable / target);
    double hasty = Math.ceil(brief / target);
    boolean over = hasty / instances >= rules.threshold();
    boolean recent = state.panicking() && now - state.since() <= rules.window();
    boolean panicking = over || recent;
    int wanted = activated((int) Math.min(Math.max(calm, lowest), highest), calm, rules);
    if (!panicking) {
      return new Result(wanted, CALM);
    }
    int rushed = activated((int) Math.min(Math.max(hasty, lowest), highest), hasty, rules);
    int most = Math.max(state.panicking() ? state.most() : 0, Math.max(wanted, rushed));
    return new Result(most, new State(true, over ? now : state.since(), most));
  }

  private static int activated(int replicas, double proposed, Rules rules) {
    return proposed > 0 ? Math.max(replicas, rules.activation()) : replicas;
  }
}
