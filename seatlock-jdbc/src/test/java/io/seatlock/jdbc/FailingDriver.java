package io.seatlock.jdbc;

import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.mockStatic;
import static org.mockito.Mockito.withSettings;

import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;
import java.util.ServiceLoader;
import java.util.concurrent.atomic.AtomicInteger;
import org.mockito.MockedStatic;
import org.mockito.Mockito;
import org.mockito.invocation.InvocationOnMock;

/**
 * A JDBC driver in front of the real one, of which one call fails: before it does anything, or
 * after it has done it. It drives the connections that the test's thread opens.
 */
public final class FailingDriver implements AutoCloseable {

  private static final List<Class<?>> DRIVEN =
      List.of(Connection.class, PreparedStatement.class, Statement.class, ResultSet.class);

  private static final List<Driver> REAL =
      ServiceLoader.load(Driver.class).stream().map(ServiceLoader.Provider::get).toList();

  private final int failing;
  private final boolean afterwards;
  private final AtomicInteger calls = new AtomicInteger();
  private final MockedStatic<DriverManager> drivers;

  /**
   * Begins to count calls.
   *
   * @param failing which call fails, counted from 1
   * @param afterwards whether the database has done then what it was asked to
   */
  public FailingDriver(int failing, boolean afterwards) {
    this.failing = failing;
    this.afterwards = afterwards;
    drivers = mockStatic(DriverManager.class, this::connect);
  }

  private Object connect(InvocationOnMock call) throws Throwable {
    if (!call.getMethod().getName().equals("getConnection")) {
      return Mockito.RETURNS_DEFAULTS.answer(call);
    }
    String url = call.getArgument(0);
    Properties settings = new Properties();
    if (call.getArguments().length > 1) {
      settings.putAll(call.getArgument(1));
    }
    for (Driver driver : REAL) {
      Connection real = driver.connect(url, settings);
      if (real != null) {
        return driven(real, Connection.class);
      }
    }
    throw new SQLException("no driver for " + url);
  }

  /** Whether there were as many calls. */
  public boolean hasFailed() {
    return calls.get() >= failing;
  }

  private Object driven(Object real, Class<?> type) {
    return mock(type, withSettings().stubOnly().defaultAnswer(call -> answer(real, call)));
  }

  private Object answer(Object real, InvocationOnMock call) throws Throwable {
    String name = call.getMethod().getName();
    boolean fails = !name.equals("toString") && calls.incrementAndGet() == failing;
    boolean closes = name.equals("close") || name.equals("abort");
    if (fails && !afterwards && !closes) {
      throw new SQLException("call " + failing + ", " + name + ", has failed");
    }
    Object result;
    try {
      result = call.getMethod().invoke(real, call.getRawArguments());
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    if (fails) {
      throw new SQLException("call " + failing + ", " + name + ", has failed when it was done");
    }
    Class<?> type = call.getMethod().getReturnType();
    return result != null && DRIVEN.contains(type) ? driven(result, type) : result;
  }

  /** From now on connections are the real driver's. */
  @Override
  public void close() {
    drivers.close();
  }
}
