//! Where answers come from: the tenant's own snippets, by their words or by their meaning.

mod snippets;
#[cfg(feature = "vectors")]
mod vectors;

pub use snippets::SnippetSource;
#[cfg(feature = "vectors")]
pub use vectors::{VectorSource, Vectors};

use crate::ports::fault::{Fault, FaultKind};
use crate::ports::store::StoreError;

fn unread(error: StoreError) -> Fault {
    Fault::new(FaultKind::Transient, "the snippets can't be read").with_source(error)
}
