package io.spinforge.scaling.history;

/**
 * Counters of what an autoscaler brings to its history since it was built. Immutable.
 *
 * @param written points, decisions and notes that the store took
 * @param waiting those that wait
 * @param dropped those that were given up, oldest first, because the store was away for too long
 * @param failures calls of the store that failed
 * @param away whether the last call failed
 * @param filled whether what the store had was read since the start
 */
public record HistoryStats(
    long written, int waiting, long dropped, long failures, boolean away, boolean filled) {}
