//! `ratiba-server serve | demo | worker | migrate`.
fn main() {}
