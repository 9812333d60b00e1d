package io.seatlock.server;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.concurrent.CompletionStage;

/**
 * A client in a process of its own, so that it can be killed: locks the seats that it is told, says
 * so, and waits. Uses the JDK alone.
 */
final class ClientProcess {

  private ClientProcess() {}

  /** Arguments: the URL, then seats. */
  public static void main(String[] args) throws InterruptedException {
    WebSocket webSocket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(
                URI.create(args[0]),
                new WebSocket.Listener() {
                  @Override
                  public CompletionStage<?> onText(
                      WebSocket from, CharSequence data, boolean last) {
                    System.out.println(data);
                    from.request(1);
                    return null;
                  }
                })
            .join();
    for (int i = 1; i < args.length; i++) {
      webSocket.sendText("{\"action\":\"lock\",\"seat\":\"" + args[i] + "\"}", true).join();
    }
    Thread.sleep(Long.MAX_VALUE);
  }
}
