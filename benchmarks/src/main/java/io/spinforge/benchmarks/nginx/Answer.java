package io.spinforge.benchmarks.nginx;

import io.spinforge.balance.Outcome;

/**
 * How a server ends a request, and what nginx takes it for with {@code proxy_next_upstream off}:
 * errors of the connection and replies that are none count against a server always, a status of 500
 * only where the directive names it.
 */
enum Answer {
  OK('+', Outcome.SUCCESS),
  STATUS_500('e', Outcome.SUCCESS),
  CLOSED('c', Outcome.FAILURE),
  RESET('r', Outcome.FAILURE),
  BAD_HEADER('h', Outcome.FAILURE),
  REFUSED('x', Outcome.FAILURE);

  private static final Answer[] FAILURES = {CLOSED, RESET, BAD_HEADER};

  /** How a recording writes it. */
  final char letter;

  final Outcome outcome;

  Answer(char letter, Outcome outcome) {
    this.letter = letter;
    this.outcome = outcome;
  }

  static Answer failure(int which) {
    return FAILURES[which % FAILURES.length];
  }

  static Answer of(char letter) {
    for (Answer answer : values()) {
      if (answer.letter == letter) {
        return answer;
      }
    }
    throw new IllegalArgumentException("answer: " + letter + " (expected: one of + e c r h x)");
  }
}
