//! Keys to a tenant's admin API: made here, shown once, stored as a hash.

use std::fmt::Write as _;

use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

/// How every key begins, so that a leaked one is recognised for what it is.
const PREFIX: &str = "rtb_";

/// A key of 256 unguessable bits.
pub fn make(bits: [u8; 32]) -> SecretString {
    SecretString::from(format!("{PREFIX}{}", hex(&bits)))
}

/// The form in which a key is stored and looked up. A plain hash is enough: the key is no password that somebody could guess.
pub fn hash(key: &SecretString) -> String {
    hex(&Sha256::digest(key.expose_secret().as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_known_by_its_hash_and_not_told_by_it() {
        let key = make([7; 32]);
        assert!(key.expose_secret().starts_with("rtb_0707"));
        assert_eq!(hash(&key), hash(&make([7; 32])));
        assert_ne!(hash(&key), hash(&make([8; 32])));
        assert!(!hash(&key).contains("0707"));
    }
}
