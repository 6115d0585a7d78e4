package androidx.activity;

import androidx.activity.result.ActivityResultCallback;
import androidx.activity.result.ActivityResultLauncher;
import androidx.activity.result.contract.ActivityResultContract;
import java.util.function.BiConsumer;

public class ComponentActivity extends android.app.Activity {
    /** Answers what an activity is asked for: the question, and whom to tell. */
    public BiConsumer<Object, ActivityResultCallback<Object>> answers = (question, answer) -> {};

    @SuppressWarnings("unchecked")
    public <I, O> ActivityResultLauncher<I> registerForActivityResult(ActivityResultContract<I, O> contract, ActivityResultCallback<O> callback) {
        return new ActivityResultLauncher<I>() {
            @Override public void launch(I question) { answers.accept(question, (ActivityResultCallback<Object>) callback); }
        };
    }
}
