//! Sound between processes: samples of 16 bits, least significant byte first.

/// Samples as bytes.
pub fn to_bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

/// The whole samples of some bytes, and what is left: half of one, or nothing.
pub fn from_bytes(bytes: &[u8]) -> (Vec<i16>, &[u8]) {
    let (pairs, rest) = bytes.as_chunks::<2>();
    (pairs.iter().map(|pair| i16::from_le_bytes(*pair)).collect(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_come_back_and_half_a_one_is_left() {
        let mut bytes = to_bytes(&[1, -2, i16::MIN]);
        assert_eq!(from_bytes(&bytes), (vec![1, -2, i16::MIN], &[][..]));
        bytes.push(7);
        assert_eq!(from_bytes(&bytes), (vec![1, -2, i16::MIN], &[7][..]));
    }
}
