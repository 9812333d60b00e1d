package io.seatlock.server.transport;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.java_websocket.WebSocket;
import org.java_websocket.WebSocketAdapter;
import org.java_websocket.drafts.Draft;
import org.java_websocket.exceptions.InvalidDataException;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.handshake.Handshakedata;
import org.java_websocket.handshake.ServerHandshakeBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the library tells of connections, passed on to them. Called on their event loop alone. */
final class LibraryCallbacks extends WebSocketAdapter {

  private static final Logger LOG = LoggerFactory.getLogger(LibraryCallbacks.class);

  private final Conversation.Factory conversations;
  private final Consumer<Connection> onGone;

  LibraryCallbacks(Conversation.Factory conversations, Consumer<Connection> onGone) {
    this.conversations = conversations;
    this.onGone = onGone;
  }

  @Override
  public ServerHandshakeBuilder onWebsocketHandshakeReceivedAsServer(
      WebSocket webSocket, Draft draft, ClientHandshake request) throws InvalidDataException {
    Handshakes.check(request);
    if (!conversations.accepts(request.getResourceDescriptor())) {
      throw new InvalidDataException(CloseFrame.POLICY_VALIDATION, "there is no such path");
    }
    return super.onWebsocketHandshakeReceivedAsServer(webSocket, draft, request);
  }

  @Override
  public void onWebsocketOpen(WebSocket webSocket, Handshakedata request) {
    Connection connection = of(webSocket);
    String path = ((ClientHandshake) request).getResourceDescriptor();
    connection.opened(conversations.begin(connection, path));
  }

  @Override
  public void onWebsocketMessage(WebSocket webSocket, String text) {
    of(webSocket).received(text);
  }

  @Override
  public void onWebsocketMessage(WebSocket webSocket, ByteBuffer bytes) {
    of(webSocket).receivedBinary();
  }

  @Override
  public void onWriteDemand(WebSocket webSocket) {
    of(webSocket).requestFlush();
  }

  @Override
  public void onWebsocketClosing(WebSocket webSocket, int code, String reason, boolean remote) {
    of(webSocket).closing();
  }

  @Override
  public void onWebsocketCloseInitiated(WebSocket webSocket, int code, String reason) {
    of(webSocket).closing();
  }

  @Override
  public void onWebsocketClose(WebSocket webSocket, int code, String reason, boolean remote) {
    Connection connection = of(webSocket);
    LOG.debug("connection closed: {} {}", code, reason);
    onGone.accept(connection);
    connection.closed();
  }

  @Override
  public void onWebsocketError(WebSocket webSocket, Exception e) {
    if (e instanceof RuntimeException) {
      LOG.error("handling a connection failed", e);
      of(webSocket).close(CloseFrame.UNEXPECTED_CONDITION, "internal error");
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

  private static Connection of(WebSocket webSocket) {
    return webSocket.getAttachment();
  }
}
