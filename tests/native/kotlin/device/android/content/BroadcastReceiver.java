package android.content;

/** Hears of something on the main thread, and may finish later, once. */
public abstract class BroadcastReceiver {
  /** What the system waits for; a receiver takes it at most once. */
  public PendingResult pending;

  public abstract void onReceive(Context context, Intent intent);

  public final PendingResult goAsync() {
    PendingResult taken = pending;
    pending = null;
    return taken;
  }

  public static class PendingResult {
    private boolean finished;

    public final synchronized void finish() {
      if (finished) {
        throw new IllegalStateException("Broadcast already finished");
      }
      finished = true;
      notifyAll();
    }

    public final synchronized boolean await(long milliseconds) {
      long end = System.currentTimeMillis() + milliseconds;
      try {
        while (!finished && System.currentTimeMillis() < end) {
          wait(Math.max(1, end - System.currentTimeMillis()));
        }
      } catch (InterruptedException stopped) {
        throw new IllegalStateException(stopped);
      }
      return finished;
    }
  }
}
