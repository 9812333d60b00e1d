package io.seatlock.server;

import io.seatlock.core.ShowSettings;
import io.seatlock.server.access.AuthorizationString;
import io.seatlock.server.transport.Clients;
import io.seatlock.server.transport.TlsCertificate;
import io.seatlock.server.transport.TransportLimits;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a server is started with.
 *
 * @param address where clients connect; port 0 takes a free one
 * @param adminAddress where operators ask; port 0 takes a free one
 * @param selectors how many threads serve clients
 * @param shows the rules of shows that are opened on first use
 * @param authorization who may reserve and pay in the classic dialect
 * @param maxInvalidInARow how many invalid messages in a row close a connection
 * @param retainBytes how far a client may be behind in a show, in bytes of its encoded events
 * @param limits what connections may take
 * @param clients whose requests are taken
 * @param tls the certificate if connections are encrypted, otherwise null
 */
public record ServerSettings(
    InetSocketAddress address,
    InetSocketAddress adminAddress,
    int selectors,
    ShowSettings shows,
    AuthorizationString authorization,
    int maxInvalidInARow,
    long retainBytes,
    TransportLimits limits,
    Clients clients,
    @Nullable TlsCertificate tls) {}
