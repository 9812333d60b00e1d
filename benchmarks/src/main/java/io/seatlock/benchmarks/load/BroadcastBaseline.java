package io.seatlock.benchmarks.load;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/**
 * The server to compare with: lock and unlock of the classic dialect as one writes them first with
 * Java-WebSocket, a map of the seats and {@code broadcast()} to everyone else.
 */
public class BroadcastBaseline extends WebSocketServer {

  private final Map<String, WebSocket> locked = new ConcurrentHashMap<>();

  /** A server that is not started yet. */
  BroadcastBaseline(InetSocketAddress address) {
    super(address);
    setReuseAddr(true);
    setTcpNoDelay(true);
  }

  /** Serves on a free port of this machine, and says on which, until the process is ended. */
  public static void main(String[] args) {
    new BroadcastBaseline(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).run();
  }

  @Override
  public void onStart() {
    System.out.println("listening on ws://127.0.0.1:" + getPort());
  }

  @Override
  public void onOpen(WebSocket connection, ClientHandshake request) {
    JsonObject state = new JsonObject();
    JsonArray seats = new JsonArray();
    locked.keySet().forEach(seats::add);
    state.add("locked", seats);
    state.add("reserved", new JsonArray());
    state.add("paid", new JsonArray());
    JsonObject message = new JsonObject();
    message.addProperty("event", "startstate");
    message.add("data", state);
    connection.send(message.toString());
  }

  @Override
  public void onMessage(WebSocket connection, String text) {
    JsonObject request = JsonParser.parseString(text).getAsJsonObject();
    String seat = request.get("seat").getAsString();
    switch (request.get("action").getAsString()) {
      case "lock" -> lock(connection, seat);
      case "unlock" -> unlock(connection, seat);
      default -> connection.send(message("invalid", "There is no such action."));
    }
  }

  private void lock(WebSocket connection, String seat) {
    if (locked.putIfAbsent(seat, connection) == null) {
      connection.send(message("lockedForYou", seat));
      tellOthers(connection, message("locked", seat));
    } else {
      connection.send(message("alreadyLocked", seat));
    }
  }

  private void unlock(WebSocket connection, String seat) {
    if (locked.remove(seat, connection)) {
      connection.send(message("unlockedForYou", seat));
      tellOthers(connection, message("unlocked", seat));
    } else {
      connection.send(message(locked.containsKey(seat) ? "notYours" : "alreadyUnlocked", seat));
    }
  }

  private void tellOthers(WebSocket author, String message) {
    List<WebSocket> others = new ArrayList<>(getConnections());
    others.remove(author);
    deliver(message, others);
  }

  /** Sends one message to many. */
  void deliver(String message, Collection<WebSocket> receivers) {
    broadcast(message, receivers);
  }

  @Override
  public void onClose(WebSocket connection, int code, String reason, boolean remote) {
    locked.forEach(
        (seat, holder) -> {
          if (holder == connection && locked.remove(seat, connection)) {
            tellOthers(connection, message("unlocked", seat));
          }
        });
  }

  @Override
  public void onError(WebSocket connection, Exception e) {
    System.err.println("error: " + e);
  }

  private static String message(String event, String data) {
    JsonObject message = new JsonObject();
    message.addProperty("event", event);
    message.addProperty("data", data);
    return message.toString();
  }
}
