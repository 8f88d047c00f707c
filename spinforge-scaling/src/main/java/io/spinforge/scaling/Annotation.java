package io.spinforge.scaling;

/** What a person knows about a span of time. */
public enum Annotation {
  /** Demand was not what it will be again: not learned from. */
  INCIDENT,
  /** The local days it touches are like Sundays. */
  HOLIDAY,
  /** Instances were replaced: not learned from. */
  DEPLOY,
  /** Not learned from, for whatever reason. */
  EXCLUDE
}
