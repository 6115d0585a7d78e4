package android.os;

/** Hands work to the thread of a looper. */
public class Handler {
  private final Looper looper;

  public Handler(Looper looper) {
    this.looper = looper;
  }

  public final boolean post(Runnable work) {
    if (looper.thread.isShutdown()) {
      return false;
    }
    looper.thread.execute(work);
    return true;
  }
}
