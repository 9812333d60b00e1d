package io.seatlock.server.client;

import io.seatlock.server.access.AccessKeys;

/**
 * What holds for every client of a server.
 *
 * @param access who may come in and what they may do
 * @param maxInvalidInARow how many invalid messages in a row close a connection
 * @param maxLocksPerAddress how many seats the clients of one address without keys may have locked
 * @param maxLocksPerSecondPerAddress how many seats they may lock in a second
 */
public record ClientPolicy(
    AccessKeys access,
    int maxInvalidInARow,
    int maxLocksPerAddress,
    int maxLocksPerSecondPerAddress) {}
