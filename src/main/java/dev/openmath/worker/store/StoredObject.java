package dev.openmath.worker.store;

/** An object with its content. */
public record StoredObject(ObjectHead head, byte[] body) {}
