//! Sets of networks: which addresses belong to a data centre, to the platform, to an advertiser.

use core::net::IpAddr;
use std::collections::BTreeSet;
use std::str::FromStr;

/// A network: all addresses that begin with the same bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    /// The address as IPv6, IPv4 mapped into it, with zeros behind the prefix.
    bits: u128,
    /// How many bits count, of 128.
    length: u8,
}

/// Bits in front of an IPv4 address that is mapped into IPv6 (RFC 4291, section 2.5.5.2).
const MAPPED_BITS: u8 = 96;

impl Prefix {
    /// The network of `address` whose addresses share the first `length` bits, at most 32 for IPv4
    /// and 128 for IPv6; what is beyond counts as that. An IPv4 address written as IPv6 is IPv4.
    pub fn of(address: IpAddr, length: u8) -> Prefix {
        let (bits, length) = match address.to_canonical() {
            IpAddr::V4(address) => {
                (address.to_ipv6_mapped().to_bits(), MAPPED_BITS + length.min(32))
            }
            IpAddr::V6(address) => (address.to_bits(), length.min(128)),
        };
        Prefix { bits: bits & mask(length), length }
    }

    /// The network's own bits, for keyed hashes of it.
    pub(crate) fn to_bytes(self) -> [u8; 17] {
        let mut bytes = [0; 17];
        bytes[..16].copy_from_slice(&self.bits.to_be_bytes());
        bytes[16] = self.length;
        bytes
    }
}

/// Reads `203.0.113.0/24`, `2001:db8::/32`, or one address.
impl FromStr for Prefix {
    type Err = PrefixError;

    fn from_str(text: &str) -> Result<Prefix, PrefixError> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length.parse().map_err(|_| PrefixError)?)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| PrefixError)?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = length.unwrap_or(most);
        let prefix = Prefix::of(address, length);
        // Bits behind the prefix are more likely a slip than meant.
        let is_exact = prefix.bits == Prefix::of(address, most).bits;
        if length <= most && is_exact { Ok(prefix) } else { Err(PrefixError) }
    }
}

/// The text is no network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a network such as 203.0.113.0/24 or 2001:db8::/32, with zeros behind the prefix")]
pub struct PrefixError;

/// A set of networks, asked whether it has an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks {
    prefixes: BTreeSet<Prefix>,
    /// The lengths that occur: as many look-ups are needed, seldom more than a dozen.
    lengths: BTreeSet<u8>,
}

impl Networks {
    /// Whether one of the networks has this address.
    pub fn contain(&self, address: IpAddr) -> bool {
        let Prefix { bits, length } = Prefix::of(address, 128);
        let fits = |&known: &u8| {
            known <= length
                && self.prefixes.contains(&Prefix { bits: bits & mask(known), length: known })
        };
        self.lengths.iter().any(fits)
    }

    /// Whether there is no network in the set.
    pub fn is_empty(&self) -> bool {
        self.prefixes.is_empty()
    }
}

impl FromIterator<Prefix> for Networks {
    fn from_iter<I: IntoIterator<Item = Prefix>>(prefixes: I) -> Networks {
        let prefixes: BTreeSet<Prefix> = prefixes.into_iter().collect();
        let lengths = prefixes.iter().map(|prefix| prefix.length).collect();
        Networks { prefixes, lengths }
    }
}

fn mask(length: u8) -> u128 {
    match 128 - u32::from(length) {
        128 => 0,
        behind => u128::MAX << behind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Networks {
        texts.iter().map(|text| text.parse::<Prefix>().unwrap()).collect()
    }

    #[test]
    fn an_address_is_found_in_its_network() {
        let known = networks(&["203.0.113.0/24", "2001:db8::/32", "198.51.100.7"]);
        let check = |address: &str, inside: bool| {
            assert_eq!(known.contain(address.parse().unwrap()), inside, "{address}");
        };
        check("203.0.113.255", true);
        check("203.0.114.0", false);
        check("::ffff:203.0.113.1", true);
        check("198.51.100.7", true);
        check("198.51.100.8", false);
        check("2001:db8:ffff::1", true);
        check("2001:db9::1", false);
    }

    #[test]
    fn everything_of_a_kind() {
        assert!(networks(&["0.0.0.0/0"]).contain("192.0.2.1".parse().unwrap()));
        assert!(!networks(&["0.0.0.0/0"]).contain("2001:db8::1".parse().unwrap()));
        assert!(networks(&["::/0"]).contain("2001:db8::1".parse().unwrap()));
        assert!(!Networks::default().contain("192.0.2.1".parse().unwrap()));
    }

    #[test]
    fn slips_are_refused() {
        for text in ["", "203.0.113.0/33", "203.0.113.1/24", "2001:db8::/129", "a/8", "1.2.3.4/"] {
            assert_eq!(text.parse::<Prefix>(), Err(PrefixError), "{text}");
        }
    }
}
