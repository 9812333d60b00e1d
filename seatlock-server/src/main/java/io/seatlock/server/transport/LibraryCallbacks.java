package io.seatlock.server.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketAdapter;
import org.java_websocket.drafts.Draft;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.framing.PingFrame;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.Handshakedata;
import org.java_websocket.handshake.ServerHandshakeBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes the library's callbacks on to the connections. Called on their event loop alone. */
final class LibraryCallbacks extends WebSocketAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(LibraryCallbacks.class);

  private final Conversation.Factory conversations;
  private final OriginPolicy origins;
  private final Consumer<Connection> onGone;

  LibraryCallbacks(
      Conversation.Factory conversations, OriginPolicy origins, Consumer<Connection> onGone) {
    this.conversations = conversations;
    this.origins = origins;
    this.onGone = onGone;
  }

  @Override
  public ServerHandshakeBuilder onWebsocketHandshakeReceivedAsServer(
      WebSocket webSocket, Draft draft, ClientHandshake request) throws InvalidDataException {
    Handshakes.check(request);
    require(origins.allows(request.getFieldValue("Origin")), "the origin is not allowed");
    require(conversations.accepts(request(draft, request)), "the path or the key is not taken");
    Connection connection = connectionOf(webSocket);
    InetAddress client =
        origins
            .clientAddress(connection.remoteAddress(), request.getFieldValue("X-Forwarded-For"))
            .orElseThrow(() -> refusal("the proxy does not tell the client's address"));
    require(connection.enter(client), "the address has too many connections");
    return super.onWebsocketHandshakeReceivedAsServer(webSocket, draft, request);
  }

  @Override
  public void onWebsocketOpen(WebSocket webSocket, Handshakedata request) {
    Connection connection = connectionOf(webSocket);
    connection.opened(
        conversations.begin(connection, request(webSocket.getDraft(), (ClientHandshake) request)));
  }

  @Override
  public void onWebsocketMessage(WebSocket webSocket, String text) {
    connectionOf(webSocket).received(text);
  }

  @Override
  public void onWebsocketMessage(WebSocket webSocket, ByteBuffer bytes) {
    connectionOf(webSocket).receivedBinary();
  }

  @Override
  public void onWebsocketPing(WebSocket webSocket, Framedata ping) {
    connectionOf(webSocket).pinged((PingFrame) ping);
  }

  @Override
  public void onWriteDemand(WebSocket webSocket) {
    connectionOf(webSocket).requestFlush();
  }

  @Override
  public void onWebsocketClosing(WebSocket webSocket, int code, String reason, boolean remote) {
    connectionOf(webSocket).closing();
  }

  @Override
  public void onWebsocketCloseInitiated(WebSocket webSocket, int code, String reason) {
    connectionOf(webSocket).closing();
  }

  @Override
  public void onWebsocketClose(WebSocket webSocket, int code, String reason, boolean remote) {
    Connection connection = connectionOf(webSocket);
    LOG.debug("connection closed: {} {}", code, reason);
    onGone.accept(connection);
    connection.closed();
  }

  @Override
  public void onWebsocketError(WebSocket webSocket, Exception e) {
    if (e instanceof RuntimeException) {
      LOG.error("handling a connection failed", e);
      connectionOf(webSocket).close(CloseFrame.UNEXPECTED_CONDITION, "internal error");
    } else {
      LOG.debug("the library reports", e);
    }
  }

  @Override
  public InetSocketAddress getLocalSocketAddress(WebSocket webSocket) {
    throw new UnsupportedOperationException("connections know their addresses");
  }

  @Override
  public InetSocketAddress getRemoteSocketAddress(WebSocket webSocket) {
    throw new UnsupportedOperationException("connections know their addresses");
  }

  private static Conversation.UpgradeRequest request(Draft draft, ClientHandshake request) {
    return new Conversation.UpgradeRequest(
        request.getResourceDescriptor(),
        ((StrictDraft) draft).getProtocol().getProvidedProtocol(),
        request.getFieldValue("Authorization"));
  }

  private static void require(boolean condition, String otherwise) throws InvalidDataException {
    if (!condition) {
      throw refusal(otherwise);
    }
  }

  private static InvalidDataException refusal(String why) {
    LOG.debug("handshake refused: {}", why);
    return new InvalidDataException(CloseFrame.POLICY_VALIDATION, why);
  }

  private static Connection connectionOf(WebSocket webSocket) {
    return webSocket.getAttachment();
  }
}
