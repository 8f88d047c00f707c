package io.spinforge.scaling.reactive;

/**
 * What one signal says of all instances, summed by class.
 *
 * @param counted instances that are counted and have a usable sample
 * @param usage sum of their usage
 * @param request sum of their requests
 * @param missing instances that are counted but have no usable sample
 * @param missingRequest sum of the requests of those
 * @param unready instances that have not become ready yet
 * @param unreadyRequest sum of the requests of those
 */
public record Fleet(
    int counted,
    double usage,
    double request,
    int missing,
    double missingRequest,
    int unready,
    double unreadyRequest) {}
