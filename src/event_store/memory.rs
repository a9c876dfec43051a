//! An engine in memory, for tests and the demo.
