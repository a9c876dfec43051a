//! What the references must satisfy: the shared vectors, the rules one by one,
//! and properties over generated texts.

mod identity;
mod properties;
mod repairs;
mod vectors;

use super::NirUrn;

/// A URN the test knows to be valid.
fn urn(text: &str) -> NirUrn {
    NirUrn::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}
