//! Sealing of secrets that a store keeps: XChaCha20-Poly1305 with the operator's key, bound to the row that they belong to.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest as _, Sha256};

use crate::ports::store::StoreError;

/// Bytes that open every sealed secret and name the key that sealed it.
const KEY_ID_LEN: usize = 4;
/// Bytes of the random nonce that follow.
const NONCE_LEN: usize = 24;

/// The key that seals channel tokens and payment credentials: 32 bytes, `RATIBA_SECRET_KEY` in production, with the keys before it that may
/// still open what has not been sealed again (`ratiba keys rotate`).
///
/// Whoever loses it has to enter every secret again; it is never stored.
pub struct SecretKey {
    current: SecretBox<[u8; 32]>,
    previous: Vec<SecretBox<[u8; 32]>>,
}

/// The text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret key is 32 bytes, written as 64 hexadecimal digits")]
pub struct SecretKeyError;

impl SecretKey {
    /// A key of 32 unguessable bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self { current: SecretBox::new(Box::new(bytes)), previous: Vec::new() }
    }

    /// Adds the keys of before, which only open.
    pub fn with_previous(mut self, previous: impl IntoIterator<Item = Self>) -> Self {
        for key in previous {
            self.previous.push(key.current);
            self.previous.extend(key.previous);
        }
        self
    }

    /// The name of the current key: eight hexadecimal digits that tell nothing about it. Every sealed secret carries it.
    pub fn id(&self) -> String {
        key_id(self.current.expose_secret()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads 64 hexadecimal digits.
    pub fn from_hex(text: &str) -> Result<Self, SecretKeyError> {
        let digits = text.trim().as_bytes();
        if digits.len() != 64 {
            return Err(SecretKeyError);
        }
        let mut bytes = [0_u8; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = nibble(pair[0]).ok_or(SecretKeyError)? << 4
                | nibble(pair[1]).ok_or(SecretKeyError)?;
        }
        Ok(Self::from_bytes(bytes))
    }

    /// A key that everybody knows, for tests and demos: it keeps the code path, not the secret.
    pub fn for_tests() -> Self {
        Self::from_bytes(*b"ratiba: known to all, tests only")
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(..)")
    }
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// The first bytes of a hash of the key.
fn key_id(key: &[u8; 32]) -> [u8; KEY_ID_LEN] {
    let hash = Sha256::new().chain_update(b"ratiba sealing key").chain_update(key).finalize();
    let mut id = [0; KEY_ID_LEN];
    id.copy_from_slice(&hash[..KEY_ID_LEN]);
    id
}

/// One key, ready for use.
struct Cipher {
    id: [u8; KEY_ID_LEN],
    cipher: XChaCha20Poly1305,
}

impl Cipher {
    fn new(key: &[u8; 32]) -> Self {
        Self { id: key_id(key), cipher: XChaCha20Poly1305::new(key.into()) }
    }
}

/// Seals with the current key, opens with whichever key a secret names.
pub(crate) struct Seal {
    current: Cipher,
    previous: Vec<Cipher>,
}

impl Seal {
    pub(crate) fn new(key: &SecretKey) -> Self {
        Self {
            current: Cipher::new(key.current.expose_secret()),
            previous: key.previous.iter().map(|key| Cipher::new(key.expose_secret())).collect(),
        }
    }

    /// What every secret begins with that is sealed with the current key.
    pub(crate) const fn mark(&self) -> [u8; KEY_ID_LEN] {
        self.current.id
    }

    /// Seals a secret to `place`: the text that says which row it belongs to. Elsewhere it can't be opened.
    pub(crate) fn close(&self, secret: &SecretString, place: &str) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0_u8; NONCE_LEN];
        SysRng.try_fill_bytes(&mut nonce).map_err(|_| StoreError::Secret)?;
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: place.as_bytes() };
        let sealed = self
            .current
            .cipher
            .encrypt(&XNonce::from(nonce), payload)
            .map_err(|_| StoreError::Secret)?;
        Ok([self.current.id.as_slice(), &nonce, &sealed].concat())
    }

    /// Opens what was sealed to the same `place` with the current key or one of before.
    pub(crate) fn open(&self, sealed: &[u8], place: &str) -> Result<SecretString, StoreError> {
        let (id, sealed) = sealed.split_first_chunk::<KEY_ID_LEN>().ok_or(StoreError::Secret)?;
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(StoreError::Secret)?;
        let key = std::iter::once(&self.current)
            .chain(&self.previous)
            .find(|key| key.id == *id)
            .ok_or(StoreError::Secret)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let bytes =
            key.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| StoreError::Secret)?;
        String::from_utf8(bytes).map(SecretString::from).map_err(|_| StoreError::Secret)
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seal(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_only_at_its_place_and_with_its_key() {
        let seal = Seal::new(&SecretKey::for_tests());
        let sealed = seal.close(&"EAAG-token".into(), "tnt_1/whatsapp/5").unwrap();
        assert!(!sealed.windows(10).any(|w| w == b"EAAG-token"));
        assert_eq!(seal.open(&sealed, "tnt_1/whatsapp/5").unwrap().expose_secret(), "EAAG-token");
        assert!(seal.open(&sealed, "tnt_2/whatsapp/5").is_err());
        assert!(seal.open(&sealed[..20], "tnt_1/whatsapp/5").is_err());
        let other = Seal::new(&SecretKey::from_bytes([7; 32]));
        assert!(matches!(other.open(&sealed, "tnt_1/whatsapp/5"), Err(StoreError::Secret)));
    }

    #[test]
    fn the_same_secret_is_never_sealed_alike_twice() {
        let seal = Seal::new(&SecretKey::for_tests());
        let secret = SecretString::from("same");
        assert_ne!(seal.close(&secret, "a").unwrap(), seal.close(&secret, "a").unwrap());
    }

    #[test]
    fn a_key_of_before_opens_and_no_longer_seals() {
        let old = || SecretKey::from_bytes([1; 32]);
        let sealed = Seal::new(&old()).close(&"EAAG".into(), "a").unwrap();
        let both = Seal::new(&SecretKey::from_bytes([2; 32]).with_previous([old()]));
        assert_eq!(both.open(&sealed, "a").unwrap().expose_secret(), "EAAG");
        assert!(!sealed.starts_with(&both.mark()));
        let again = both.close(&"EAAG".into(), "a").unwrap();
        assert!(again.starts_with(&both.mark()));
        let new = Seal::new(&SecretKey::from_bytes([2; 32]));
        assert_eq!(new.open(&again, "a").unwrap().expose_secret(), "EAAG");
        assert!(matches!(new.open(&sealed, "a"), Err(StoreError::Secret)));
        assert!(Seal::new(&old()).open(&again, "a").is_err());
    }

    #[test]
    fn a_key_is_read_from_hexadecimal_digits_and_never_shown() {
        let key = SecretKey::from_hex(&"0f".repeat(32)).unwrap();
        assert_eq!(key.current.expose_secret(), &[0x0f; 32]);
        assert_eq!(format!("{key:?}"), "SecretKey(..)");
        for bad in ["", "0f", &"zz".repeat(32), &"0f".repeat(33)] {
            assert!(SecretKey::from_hex(bad).is_err(), "{bad}");
        }
    }
}
