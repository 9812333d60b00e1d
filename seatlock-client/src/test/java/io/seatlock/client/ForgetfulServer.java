package io.seatlock.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import java.util.regex.Pattern;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.handshake.ServerHandshake;
import org.java_websocket.protocols.Protocol;

/**
 * A bug to be found: a server that remembers requests no longer than a connection lives. It stands
 * before a real one and gives each request an id of its connection's own.
 */
final class ForgetfulServer implements AutoCloseable {

  private static final long IDS = 1_000_000;
  private static final Pattern ID = Pattern.compile("\"id\":(\\d+)");

  private final ScriptedServer front = new ScriptedServer();
  private final URI back;

  ForgetfulServer(URI back) {
    this.back = back;
    start(this::accept);
  }

  int port() {
    return front.uri().getPort();
  }

  private static void start(Runnable task) {
    Thread thread = new Thread(task, "forgetful");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      for (long connection = 0; ; connection++) {
        ScriptedServer.Talk talk = front.accept();
        long ids = connection * IDS;
        start(() -> relay(talk, ids));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void relay(ScriptedServer.Talk talk, long ids) {
    Server server = new Server(talk);
    try (talk) {
      talk.shakeHands();
      if (server.connectBlocking()) {
        for (String text = talk.hear(); text != null; text = talk.hear()) {
          server.send(
              ID.matcher(text).replaceAll(id -> "\"id\":" + (Long.parseLong(id.group(1)) + ids)));
        }
      }
    } catch (IOException e) {
      // The connection broke, as it is to.
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      server.close();
    }
  }

  /** The real one. */
  private final class Server extends WebSocketClient {
    private final ScriptedServer.Talk talk;

    Server(ScriptedServer.Talk talk) {
      super(back, new Draft_6455(List.of(), List.of(new Protocol("seatlock.v2"))));
      this.talk = talk;
      setDaemon(true);
      setConnectionLostTimeout(0);
    }

    @Override
    public void onMessage(String text) {
      try {
        talk.say(ID.matcher(text).replaceAll(id -> "\"id\":" + Long.parseLong(id.group(1)) % IDS));
      } catch (IOException e) {
        close();
      }
    }

    @Override
    public void onOpen(ServerHandshake handshake) {}

    @Override
    public void onClose(int code, String reason, boolean remote) {
      try {
        talk.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void onError(Exception e) {
      // The connection broke, as it is to.
    }
  }

  @Override
  public void close() {
    try {
      front.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
