//! The `SecurityCredential`: an initiator's password under Safaricom's public key (RSA, PKCS#1 v1.5, base64).

use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

use super::credentials::Credentials;
use crate::ports::fault::{Fault, FaultKind};

/// The credential as it is configured, or encrypted here from password and key. `Ok(None)` when neither is configured.
///
/// Encryption pads with chance, so the same password gives a different text each time.
pub(super) fn security_credential(
    credentials: &Credentials,
) -> Result<Option<SecretString>, Fault> {
    if let Some(ready) = &credentials.security_credential {
        return Ok(Some(ready.clone()));
    }
    match (&credentials.initiator_password, &credentials.public_key_pem) {
        (Some(password), Some(pem)) => seal(password, pem).map(Some),
        (Some(_) | None, _) => Ok(None),
    }
}

fn seal(password: &SecretString, pem: &str) -> Result<SecretString, Fault> {
    let der = public_key_der(pem)?;
    let unusable = || wrong("Safaricom's public key can't be used");
    let key = PublicEncryptingKey::from_der(&der)
        .map_err(|_| unusable())
        .and_then(|key| Pkcs1PublicEncryptingKey::new(key).map_err(|_| unusable()))?;
    let mut sealed = vec![0; key.ciphertext_size()];
    let sealed = key
        .encrypt(password.expose_secret().as_bytes(), &mut sealed)
        .map_err(|_| wrong("the initiator's password can't be encrypted"))?;
    Ok(SecretString::from(STANDARD.encode(sealed)))
}

/// The bytes between the lines of a PEM public key.
fn public_key_der(pem: &str) -> Result<Vec<u8>, Fault> {
    const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
    const END: &str = "-----END PUBLIC KEY-----";
    let inside = pem
        .split_once(BEGIN)
        .and_then(|(_, rest)| rest.split_once(END))
        .map(|(inside, _)| inside)
        .ok_or_else(|| wrong("`public_key_pem` is no PEM public key; take it out of a certificate with openssl x509 -pubkey"))?;
    let packed: String = inside.split_whitespace().collect();
    STANDARD.decode(packed).map_err(|_| wrong("`public_key_pem` is damaged"))
}

fn wrong(what: &str) -> Fault {
    Fault::new(FaultKind::Misconfigured, what).with_code("credentials")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
    use aws_lc_rs::rsa::{KeySize, Pkcs1PrivateDecryptingKey, PrivateDecryptingKey};

    #[test]
    fn the_holder_of_the_private_key_reads_exactly_the_password() {
        let private = PrivateDecryptingKey::generate(KeySize::Rsa2048).unwrap();
        let der: PublicKeyX509Der<'_> = private.public_key().as_der().unwrap();
        let body = STANDARD.encode(der.as_ref());
        let pem = format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n");
        let sealed = seal(&SecretString::from("Safaricom999!*!".to_owned()), &pem).unwrap();
        let sealed = STANDARD.decode(sealed.expose_secret()).unwrap();
        let private = Pkcs1PrivateDecryptingKey::new(private).unwrap();
        let mut plain = vec![0; private.min_output_size()];
        assert_eq!(private.decrypt(&sealed, &mut plain).unwrap(), b"Safaricom999!*!");
    }

    #[test]
    fn a_certificate_is_refused_with_a_hint() {
        let fault = public_key_der("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----")
            .unwrap_err();
        assert!(fault.detail.contains("openssl x509 -pubkey"));
    }
}
