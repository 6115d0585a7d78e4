package android.os;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A thread that does one thing after the other. */
public final class Looper {
  private static final Looper MAIN = new Looper("main");
  private static final ThreadLocal<Looper> MINE = new ThreadLocal<>();

  final ExecutorService thread;

  Looper(String name) {
    thread = Executors.newSingleThreadExecutor(work -> daemon(work, name));
    thread.execute(() -> MINE.set(this));
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
}
