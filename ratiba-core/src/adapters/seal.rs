//! Sealing of secrets that a store keeps: XChaCha20-Poly1305 with the operator's key, bound to the row that they belong to.

use std::fmt;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::ports::store::StoreError;

/// Bytes of the random nonce that opens every sealed secret.
const NONCE_LEN: usize = 24;

/// The key that seals channel tokens and payment credentials: 32 bytes, `RATIBA_SECRET_KEY` in production.
///
/// Whoever loses it has to enter every secret again; it is never stored.
pub struct SecretKey(SecretBox<[u8; 32]>);

/// The text is not a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a secret key is 32 bytes, written as 64 hexadecimal digits")]
pub struct SecretKeyError;

impl SecretKey {
    /// A key of 32 unguessable bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
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

/// Seals and opens with one key.
pub(crate) struct Seal(XChaCha20Poly1305);

impl Seal {
    pub(crate) fn new(key: &SecretKey) -> Self {
        Self(XChaCha20Poly1305::new(key.0.expose_secret().into()))
    }

    /// Seals a secret to `place`: the text that says which row it belongs to. Elsewhere it can't be opened.
    pub(crate) fn close(&self, secret: &SecretString, place: &str) -> Result<Vec<u8>, StoreError> {
        let mut nonce = [0_u8; NONCE_LEN];
        SysRng.try_fill_bytes(&mut nonce).map_err(|_| StoreError::Secret)?;
        let payload = Payload { msg: secret.expose_secret().as_bytes(), aad: place.as_bytes() };
        let sealed =
            self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| StoreError::Secret)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what was sealed to the same `place` with the same key.
    pub(crate) fn open(&self, sealed: &[u8], place: &str) -> Result<SecretString, StoreError> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(StoreError::Secret)?;
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let bytes =
            self.0.decrypt(&XNonce::from(*nonce), payload).map_err(|_| StoreError::Secret)?;
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
    fn a_key_is_read_from_hexadecimal_digits_and_never_shown() {
        let key = SecretKey::from_hex(&"0f".repeat(32)).unwrap();
        assert_eq!(key.0.expose_secret(), &[0x0f; 32]);
        assert_eq!(format!("{key:?}"), "SecretKey(..)");
        for bad in ["", "0f", &"zz".repeat(32), &"0f".repeat(33)] {
            assert!(SecretKey::from_hex(bad).is_err(), "{bad}");
        }
    }
}
