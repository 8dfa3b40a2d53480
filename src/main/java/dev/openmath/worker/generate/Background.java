package dev.openmath.worker.generate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Threads that repeat something until closed; what any of them throws is reported, once, and ends it. */
final class Background implements AutoCloseable {
    private final Consumer<Throwable> onFailure;
    private final List<Thread> threads = new ArrayList<>();

    Background(Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
    }

    interface Action {
        void run() throws InterruptedException;
    }

    /** Repeats an action, the pause counted from its end. */
    void every(Duration pause, Action action) {
        threads.add(Thread.ofVirtual().start(() -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    action.run();
                    Thread.sleep(pause);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | Error e) {
                onFailure.accept(e);
            }
        }));
    }

    @Override
    public void close() throws InterruptedException {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join(Duration.ofSeconds(10));
        }
    }
}
