package android.os;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A thread that does one thing after the other. */
public final class Looper {
  private static final ThreadLocal<Looper> MINE = new ThreadLocal<>();
  /** Those that the app has made, until its process ends. */
  private static final List<Looper> MADE = new CopyOnWriteArrayList<>();

  private static final Looper MAIN = new Looper("main");

  final ExecutorService thread;

  Looper(String name) {
    thread = Executors.newSingleThreadExecutor(work -> daemon(work, name));
    thread.execute(() -> MINE.set(this));
  }

  /** One that ends with the process. */
  static Looper made(String name) {
    Looper looper = new Looper(name);
    MADE.add(looper);
    return looper;
  }

  private static Thread daemon(Runnable work, String name) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }

  public static Looper getMainLooper() {
    return MAIN;
  }

  public static Looper myLooper() {
    return MINE.get();
  }

  public void quitSafely() {
    thread.shutdown();
  }

  /** The process ends: what waits for a thread is not done, and what is at work is over by then. */
  public static void end(long milliseconds) throws InterruptedException, ExecutionException {
    for (Looper looper : MADE) {
      looper.thread.shutdownNow();
      if (!looper.thread.awaitTermination(milliseconds, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException("a thread of the app does not end");
      }
      MADE.remove(looper);
    }
    // The main thread is that of all processes here.
    MAIN.thread.submit(() -> {}).get();
  }
}
