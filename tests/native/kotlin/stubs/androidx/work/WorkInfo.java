package androidx.work;

import java.util.Set;
import java.util.UUID;

public final class WorkInfo {
    public enum State { ENQUEUED, RUNNING, SUCCEEDED, FAILED, BLOCKED, CANCELLED; public boolean isFinished() { return this == SUCCEEDED || this == FAILED || this == CANCELLED; } }
    public UUID getId() { return null; }
    public State getState() { return null; }
    public Set<String> getTags() { return null; }
}
