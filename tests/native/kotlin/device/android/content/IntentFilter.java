package android.content;

/** The messages that a receiver wants. */
public class IntentFilter {
  private final String action;

  public IntentFilter(String action) {
    this.action = action;
  }

  public final boolean hasAction(String other) {
    return action.equals(other);
  }
}
