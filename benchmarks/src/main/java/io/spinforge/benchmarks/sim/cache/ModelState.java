package io.spinforge.benchmarks.sim.cache;

/** What the model keeps of a log: incarnation, sequence, floor, the server's run and the end. */
final class ModelState {
  String incarnation;
  String run;
  long sequence;
  long floor;
  ModelStream.Id end;

  ModelState(String incarnation, String run, long sequence, ModelStream.Id end) {
    this.incarnation = incarnation;
    this.run = run;
    this.sequence = sequence;
    this.floor = sequence;
    this.end = end;
  }

  ModelState copy() {
    ModelState copy = new ModelState(incarnation, run, sequence, end);
    copy.floor = floor;
    return copy;
  }

  long next() {
    return ++sequence;
  }
}
