package io.seatlock.jdbc.postgres;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/**
 * Where a PostgreSQL database is and who we are there, from a URL as the database's own tools take
 * it ({@code postgresql://user:password@host:5432/database}) or as JDBC does. Only the connection
 * ever sees the password.
 */
final class PostgresUrl {

  private final String url;
  private final Properties properties;

  private PostgresUrl(String url, Properties properties) {
    this.url = url;
    this.properties = properties;
  }

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException if it is not one of PostgreSQL; the message does not repeat it
   */
  static PostgresUrl parse(String text) {
    String rest = text.startsWith("jdbc:") ? text.substring("jdbc:".length()) : text;
    int scheme = rest.indexOf("://");
    if (scheme < 0
        || !List.of("postgresql", "postgres")
            .contains(rest.substring(0, scheme).toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "not a URL like postgresql://user:password@host:5432/database");
    }
    rest = rest.substring(scheme + "://".length());
    Properties properties = new Properties();
    int query = rest.indexOf('?');
    List<String> parameters = new ArrayList<>();
    if (query >= 0) {
      for (String parameter : rest.substring(query + 1).split("&", -1)) {
        int equals = parameter.indexOf('=');
        String key = equals < 0 ? parameter : parameter.substring(0, equals);
        if (key.equals("user") || key.equals("password")) {
          properties.setProperty(key, decode(parameter.substring(equals + 1)));
        } else if (!parameter.isEmpty()) {
          parameters.add(parameter);
        }
      }
      rest = rest.substring(0, query);
    }
    int slash = rest.indexOf('/');
    int at = rest.lastIndexOf('@', slash < 0 ? rest.length() : slash);
    if (at >= 0) {
      String user = rest.substring(0, at);
      int colon = user.indexOf(':');
      if (colon >= 0) {
        properties.setProperty("password", decode(user.substring(colon + 1)));
        user = user.substring(0, colon);
      }
      properties.setProperty("user", decode(user));
      rest = rest.substring(at + 1);
    }
    String path = rest.indexOf('/') < 0 ? rest + "/" : rest;
    boolean severalHosts = path.substring(0, path.indexOf('/')).contains(",");
    if (severalHosts && parameters.stream().noneMatch(p -> p.startsWith("targetServerType="))) {
      // Of several hosts the one that can be written to.
      parameters.add("targetServerType=primary");
    }
    return new PostgresUrl(
        "jdbc:postgresql://"
            + path
            + (parameters.isEmpty() ? "" : "?" + String.join("&", parameters)),
        properties);
  }

  private static String decode(String text) {
    // In a URL a plus sign is one; the decoder is for forms.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Connects; no call to the database then takes longer than this. */
  Connection connect(Duration longest) throws SQLException {
    Properties all = new Properties();
    all.setProperty("connectTimeout", "2");
    all.setProperty("loginTimeout", "5");
    all.setProperty("socketTimeout", String.valueOf(longest.plusMillis(999).toSeconds()));
    all.setProperty("tcpKeepAlive", "true");
    all.setProperty("ApplicationName", "seatlock");
    all.setProperty("prepareThreshold", "1");
    all.putAll(properties);
    return DriverManager.getConnection(url, all);
  }

  /** The URL without user, password and parameters. */
  @Override
  public String toString() {
    int query = url.indexOf('?');
    return url.substring("jdbc:".length(), query < 0 ? url.length() : query);
  }
}
