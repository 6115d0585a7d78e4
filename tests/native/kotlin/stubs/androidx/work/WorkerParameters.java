package androidx.work;

/** What the library hands to a worker. */
public final class WorkerParameters {
    final Data input;
    final int runAttemptCount;
    final java.util.Set<String> tags;

    public WorkerParameters(Data input, java.util.Set<String> tags, int runAttemptCount) {
        this.input = input;
        this.tags = tags;
        this.runAttemptCount = runAttemptCount;
    }
}
