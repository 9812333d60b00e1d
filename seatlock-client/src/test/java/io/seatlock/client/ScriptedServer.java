package io.seatlock.client;

import io.seatlock.core.EventType;
import io.seatlock.core.Reason;
import io.seatlock.protocol.ClassicMessage;
import io.seatlock.protocol.ClassicMessage.StartState;
import io.seatlock.protocol.ClassicRequest;
import io.seatlock.protocol.InvalidMessageException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.java_websocket.WebSocket;
import org.java_websocket.framing.Framedata;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/**
 * A server for tests that says what it is told to say. Unless a test has another script, every
 * action is granted.
 */
final class ScriptedServer extends WebSocketServer implements AutoCloseable {

  /** Says how the server reacts to a request. */
  interface Script {
    void react(WebSocket client, ClassicRequest request);
  }

  final BlockingQueue<ClassicRequest> requests = new LinkedBlockingQueue<>();
  final BlockingQueue<String> closes = new LinkedBlockingQueue<>();
  final AtomicInteger pings = new AtomicInteger();
  volatile StartState startState = new StartState(List.of(), List.of(), List.of());
  volatile boolean sendsStartState = true;
  volatile boolean answersPings = true;
  volatile Script script = ScriptedServer::grant;
  volatile WebSocket client;
  volatile String path;
  private final CountDownLatch started = new CountDownLatch(1);

  private ScriptedServer() {
    super(new InetSocketAddress("127.0.0.1", 0), 1);
    setReuseAddr(true);
    setTcpNoDelay(true);
    setDaemon(true);
    setConnectionLostTimeout(0);
  }

  static ScriptedServer open() throws InterruptedException {
    ScriptedServer server = new ScriptedServer();
    server.start();
    if (!server.started.await(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the scripted server did not start");
    }
    return server;
  }

  URI uri() {
    return URI.create("ws://127.0.0.1:" + getPort() + "/hamlet");
  }

  /** Sends a message to the client that connected last. */
  void send(String message) {
    client.send(message);
  }

  /** Sends an event about a seat to the client that connected last. */
  void send(EventType type, String seat) {
    send(client, ClassicMessage.event(type, seat));
  }

  static void send(WebSocket client, byte[] message) {
    client.send(new String(message, StandardCharsets.UTF_8));
  }

  static void refuse(WebSocket client, Reason reason, String seat) {
    send(client, ClassicMessage.refusal(reason, seat));
  }

  /** Does what is asked; what nobody holds is not unlocked. */
  static void grant(WebSocket client, ClassicRequest request) {
    String seat = request.seat();
    switch (request.action()) {
      case LOCK -> send(client, ClassicMessage.event(EventType.LOCKED_FOR_YOU, seat));
      case UNLOCK -> {
        if (seat.startsWith("~fence-")) {
          refuse(client, Reason.ALREADY_UNLOCKED, seat);
        } else {
          send(client, ClassicMessage.event(EventType.UNLOCKED_FOR_YOU, seat));
        }
      }
      case RESERVE -> send(client, ClassicMessage.event(EventType.RESERVED, seat));
      case UNRESERVE -> send(client, ClassicMessage.event(EventType.UNRESERVED, seat));
      case PAY -> send(client, ClassicMessage.event(EventType.PAID, seat));
      case UNPAY, REVOKE -> send(client, ClassicMessage.event(EventType.UNPAID, seat));
    }
  }

  @Override
  public void onStart() {
    started.countDown();
  }

  @Override
  public void onOpen(WebSocket connection, ClientHandshake handshake) {
    client = connection;
    path = handshake.getResourceDescriptor();
    if (sendsStartState) {
      send(connection, ClassicMessage.startState(startState));
    }
  }

  @Override
  public void onMessage(WebSocket connection, String message) {
    try {
      ClassicRequest request = ClassicRequest.parse(message);
      requests.add(request);
      script.react(connection, request);
    } catch (InvalidMessageException e) {
      send(connection, ClassicMessage.text(ClassicMessage.INVALID, e.getMessage()));
    }
  }

  @Override
  public void onWebsocketPing(WebSocket connection, Framedata frame) {
    pings.incrementAndGet();
    if (answersPings) {
      super.onWebsocketPing(connection, frame);
    }
  }

  @Override
  public void onClose(WebSocket connection, int code, String reason, boolean remote) {
    closes.add(code + (remote ? " from the client" : ""));
  }

  @Override
  public void onError(WebSocket connection, Exception e) {}

  @Override
  public void close() throws InterruptedException {
    stop(1000);
  }
}
