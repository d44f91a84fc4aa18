package embedded;

/** Ends this server, in order, when the process that owns it has ended, however that came about. */
final class Owner {
    private Owner() {}

    /** Watches the process of the system property stack.owner; without the property the server stays until it is stopped. */
    static void watch() {
        Long pid = Long.getLong("stack.owner");
        if (pid == null) return;
        // onExit of a process that is no child polls (every 0.3 s at first, 5 s at most) and knows a pid used again
        ProcessHandle.of(pid).ifPresentOrElse(owner -> owner.onExit().thenRunAsync(() -> System.exit(0)), () -> System.exit(0));
    }
}
