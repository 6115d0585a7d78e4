package androidx.work;

import com.google.common.util.concurrent.ListenableFuture;

/** What was asked for: it is done when the result is there, and not before. */
public interface Operation {
    ListenableFuture<State.SUCCESS> getResult();

    abstract class State {
        public static final class SUCCESS extends State {}
    }
}
