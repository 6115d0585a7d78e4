package android.os;

/** A looper of its own. */
public class HandlerThread extends Thread {
  private final Looper looper;

  public HandlerThread(String name) {
    super(name);
    looper = Looper.made(name);
  }

  public Looper getLooper() {
    return looper;
  }

  public boolean quitSafely() {
    looper.quitSafely();
    return true;
  }
}
