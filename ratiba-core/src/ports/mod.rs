//! What the world must provide: traits only.
