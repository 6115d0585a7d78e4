package android.content;

import android.net.Uri;
import android.os.Bundle;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** A message with an action, an addressee, flags and extras. */
public class Intent {
  public static final String ACTION_MAIN = "android.intent.action.MAIN";
  public static final String ACTION_BATTERY_CHANGED = "android.intent.action.BATTERY_CHANGED";
  public static final String ACTION_BOOT_COMPLETED = "android.intent.action.BOOT_COMPLETED";
  public static final String ACTION_MY_PACKAGE_REPLACED = "android.intent.action.MY_PACKAGE_REPLACED";
  public static final int FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY = 0x100000;

  public final Map<String, Object> extras = new HashMap<>();
  public String component;
  private String action;
  private int flags;

  public Intent() {}

  public Intent(String action) {
    this.action = action;
  }

  public Intent(String action, Uri data) {
    this.action = action;
  }

  public Intent(Context context, Class<?> component) {
    this.component = component.getName();
  }

  public Intent(Intent other) {
    action = other.action;
    component = other.component;
    flags = other.flags;
    extras.putAll(other.extras);
  }

  /** Whether both are for the same: extras and flags do not count. */
  public boolean filterEquals(Intent other) {
    return Objects.equals(action, other.action) && Objects.equals(component, other.component);
  }

  public Intent setAction(String action) {
    this.action = action;
    return this;
  }

  public String getAction() {
    return action;
  }

  public Uri getData() {
    return null;
  }

  public Bundle getExtras() {
    return null;
  }

  public Intent addFlags(int flags) {
    this.flags |= flags;
    return this;
  }

  public int getFlags() {
    return flags;
  }

  public Intent putExtra(String name, int value) {
    extras.put(name, value);
    return this;
  }

  public Intent putExtra(String name, String value) {
    extras.put(name, value);
    return this;
  }

  public boolean hasExtra(String name) {
    return extras.containsKey(name);
  }

  public int getIntExtra(String name, int otherwise) {
    return extras.get(name) instanceof Integer value ? value : otherwise;
  }

  public String getStringExtra(String name) {
    return extras.get(name) instanceof String value ? value : null;
  }

  public void removeExtra(String name) {
    extras.remove(name);
  }
}
