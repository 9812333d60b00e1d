package io.seatlock.jdbc.postgres;

import io.seatlock.jdbc.store.ShowLog;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * Hears from other nodes in which shows they have appended something, on a connection and a thread
 * of its own. What it misses is found by looking.
 */
final class PostgresListener implements AutoCloseable {

  /** More shows than one notification can name. */
  private static final String MANY = "*";

  private static final int LONGEST = 7000;

  private final PostgresUrl url;
  private final String channel;
  private final String node;
  private final Runnable onNews;
  private final int waitMillis;
  private final Thread thread = new Thread(this::run, "seatlock-log-listener");

  /** Guarded by itself: the numbers of shows that have news. */
  private final Set<Long> news = new HashSet<>();

  private volatile boolean all;
  private volatile boolean closed;
  private volatile @Nullable Connection connection;

  /** Calls this on its thread when there is something to {@link #take}. */
  PostgresListener(PostgresUrl url, String channel, String node, Duration wait, Runnable onNews) {
    this.url = url;
    this.channel = channel;
    this.node = node;
    this.onNews = onNews;
    // Less than the longest that a call may take.
    this.waitMillis = (int) Math.min(2000, wait.toMillis());
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** What a node tells the others: its name and the numbers of shows. */
  static String news(String node, Iterable<ShowLog> shows) {
    StringBuilder message = new StringBuilder(node);
    for (ShowLog show : shows) {
      message.append(' ').append(show.id());
      if (message.length() > LONGEST) {
        return node + " " + MANY;
      }
    }
    return message.toString();
  }

  /** The shows that have news since this was last asked; null if it may be any of them. */
  @Nullable List<Long> take() {
    synchronized (news) {
      List<Long> taken = new ArrayList<>(news);
      news.clear();
      boolean any = all;
      all = false;
      return any ? null : taken;
    }
  }

  private void run() {
    while (!closed) {
      try (Connection own = url.connect(Duration.ofSeconds(5))) {
        connection = own;
        listen(own);
      } catch (SQLException e) {
        pause();
      }
    }
  }

  private void listen(Connection own) throws SQLException {
    try (Statement statement = own.createStatement()) {
      statement.execute("LISTEN \"" + channel.replace("\"", "\"\"") + '"');
    }
    // Notifications sent before this point were not received.
    hear(List.of(MANY));
    PGConnection notified = own.unwrap(PGConnection.class);
    while (!closed) {
      PGNotification[] messages = notified.getNotifications(waitMillis);
      if (messages == null || messages.length == 0) {
        try (Statement statement = own.createStatement()) {
          statement.execute("SELECT 1");
        }
        continue;
      }
      for (PGNotification message : messages) {
        List<String> words = List.of(message.getParameter().split(" ", -1));
        if (!words.get(0).equals(node)) {
          hear(words.subList(1, words.size()));
        }
      }
    }
  }

  private void hear(List<String> shows) {
    synchronized (news) {
      for (String show : shows) {
        if (show.matches("[0-9]{1,18}")) {
          news.add(Long.valueOf(show));
        } else {
          all = true;
        }
      }
    }
    onNews.run();
  }

  private void pause() {
    try {
      Thread.sleep(closed ? 0 : 500);
    } catch (InterruptedException e) {
      closed = true;
    }
  }

  @Override
  public void close() throws SQLException {
    closed = true;
    thread.interrupt();
    Connection own = connection;
    if (own != null) {
      own.abort(Runnable::run);
    }
  }
}
