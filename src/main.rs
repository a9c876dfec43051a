//! quesito
fn main() {}
