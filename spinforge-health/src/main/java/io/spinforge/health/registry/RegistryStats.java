package io.spinforge.health.registry;

/**
 * Counters (since the start) and gauges (now) of a registry.
 *
 * @param pending gauge: registrations that are not in the registry yet
 * @param active gauge: registrations that are, the draining ones included
 * @param uncertain gauge: registrations whose store does not answer
 * @param fenced gauge: open registrations that another owner took over
 * @param watches gauge: open watches
 * @param watchedServices gauge: services with a watch
 * @param watchedInstances gauge: instances in the watched services
 * @param protectedServices gauge: watched services whose list is protected
 * @param unreachableServices gauge: services for which the store does not answer
 * @param heartbeats heartbeats the store has answered; one may renew many leases
 * @param storeFailures commands the store failed or left unanswered
 * @param reregistrations entries written again because the store had lost them
 * @param fencings registrations lost to another owner
 * @param hints notices of a change that arrived
 * @param syncs answers of the store to the question what has changed
 * @param snapshots those of them that were a whole list
 * @param storeLosses times the store came back with less than it had
 * @param confirmedDown instances removed at this registry's word
 * @param unreadable entries of other writers that could not be read
 * @param listenerFailures exceptions thrown by listeners
 */
public record RegistryStats(
    int pending,
    int active,
    int uncertain,
    int fenced,
    int watches,
    int watchedServices,
    int watchedInstances,
    int protectedServices,
    int unreachableServices,
    long heartbeats,
    long storeFailures,
    long reregistrations,
    long fencings,
    long hints,
    long syncs,
    long snapshots,
    long storeLosses,
    long confirmedDown,
    long unreadable,
    long listenerFailures) {}
