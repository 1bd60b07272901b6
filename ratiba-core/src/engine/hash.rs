//! A number that is the same for the same bytes, on every machine and in every release: seeds of ids that have to be the same again, and a way to
//! tell repeated bodies from different ones.

/// FNV-1a. No defence against anybody who wants two things to look alike.
pub(super) fn hash_of(bytes: impl IntoIterator<Item = u8>) -> u64 {
    bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
