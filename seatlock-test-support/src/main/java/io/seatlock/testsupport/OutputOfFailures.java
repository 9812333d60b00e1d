package io.seatlock.testsupport;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Keeps a green build quiet: holds back what tests and the code they test print, and prints it when
 * a test fails, from the beginning of its class on. What is held when the JVM ends in the middle of
 * the tests is printed too.
 *
 * <p>JUnit finds this class by itself on the class path. {@code -Dseatlock.test.output=true} lets
 * everything through as it comes; of what passes, {@code seatlock.test.output.prefix} lets through
 * the lines that begin so.
 */
public final class OutputOfFailures implements TestExecutionListener {
  private static final int MOST_BYTES = 4 << 20;

  private final ByteArrayOutputStream held = new ByteArrayOutputStream();
  private final PrintStream holding = new PrintStream(new Held(), true, StandardCharsets.UTF_8);
  private final Thread atExit = new Thread(this::release, "print-held-output");

  private @Nullable TestPlan plan;
  private PrintStream out = System.out;
  private PrintStream err = System.err;

  @Override
  public void testPlanExecutionStarted(TestPlan testPlan) {
    if (Boolean.getBoolean("seatlock.test.output")) {
      return;
    }
    plan = testPlan;
    out = System.out;
    err = System.err;
    System.setOut(holding);
    System.setErr(holding);
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    TestPlan current = plan;
    if (current == null) {
      return;
    }
    if (result.getStatus() == Status.FAILED) {
      holding.println("FAILED: " + test.getUniqueId());
      result.getThrowable().ifPresent(thrown -> thrown.printStackTrace(holding));
      release();
    } else if (isClass(current, test)) {
      discard();
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan testPlan) {
    if (plan != null) {
      plan = null;
      Runtime.getRuntime().removeShutdownHook(atExit);
      System.setOut(out);
      System.setErr(err);
      discard();
    }
  }

  /** Whether it is what stands right below an engine: a class, with all that is nested in it. */
  private static boolean isClass(TestPlan plan, TestIdentifier test) {
    return plan.getParent(test).filter(parent -> plan.getParent(parent).isEmpty()).isPresent();
  }

  private void discard() {
    String prefix = System.getProperty("seatlock.test.output.prefix", "");
    synchronized (held) {
      if (!prefix.isEmpty()) {
        held.toString(StandardCharsets.UTF_8)
            .lines()
            .filter(line -> line.startsWith(prefix))
            .forEach(out::println);
      }
      held.reset();
    }
  }

  private void release() {
    byte[] bytes;
    synchronized (held) {
      bytes = held.toByteArray();
      held.reset();
    }
    out.write(bytes, 0, bytes.length);
    out.flush();
  }

  /** Takes what is printed; the beginning of too much is let go. */
  private final class Held extends OutputStream {
    @Override
    public void write(int b) {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      synchronized (held) {
        if (held.size() + count > MOST_BYTES) {
          held.reset();
        }
        held.write(bytes, from, count);
      }
    }
  }
}
