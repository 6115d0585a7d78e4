package androidx.work;

/** What the library hands to a worker. */
public final class WorkerParameters {
    final Data input;
    final int runAttemptCount;

    public WorkerParameters(Data input, int runAttemptCount) {
        this.input = input;
        this.runAttemptCount = runAttemptCount;
    }
}
