package dev.openmath.worker.sandbox;

/** Sandboxes for code blocks. */
public interface SandboxClient extends AutoCloseable {
    /**
     * A session for one sample; nothing is sent before its first block.
     *
     * @param key identifies the attempt, at most 512 characters
     * @param seed of the session's random generators
     */
    SandboxSession session(String key, long seed);

    /** One sample's session: blocks run one after another and see each other's variables. */
    interface SandboxSession extends AutoCloseable {
        /**
         * Runs a block. A session that its sandbox lost is made anew elsewhere, its earlier blocks run again.
         *
         * @return never of class {@link BlockClass#INFRA}
         * @throws SandboxException if no sandbox could run it; the session stays usable
         */
        BlockResult execute(String code) throws SandboxException, InterruptedException;

        /** Ends the session; never throws. */
        @Override
        void close();
    }

    @Override
    default void close() {}
}
