package android.graphics;

/** A picture, known by the resource that it was made of. */
public final class Bitmap {
  public final int resource;

  Bitmap(int resource) {
    this.resource = resource;
  }
}
