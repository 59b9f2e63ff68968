//! Which addresses may be connected to.
//!
//! Sources: the IANA registries of special-purpose addresses, IPv4 and IPv6, and RFC 6890.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Which addresses an installation may send to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses only.
    Public,
    /// This machine as well, also without encryption: for a demo, for tests.
    PublicAndLoopback,
}

/// What a refused address is. The text is for the owner of the endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressRefusal {
    /// This machine.
    #[error("the address is this machine")]
    Loopback,
    /// A network of a house or a company: RFC 1918, RFC 4193, site-local.
    #[error("the address is private")]
    Private,
    /// The next cable: RFC 3927; most clouds answer questions about a machine here.
    #[error("the address is link-local")]
    LinkLocal,
    /// Behind the gateway of a provider (RFC 6598).
    #[error("the address is shared by the customers of a provider")]
    Shared,
    /// A service of a cloud that only its own machines should reach.
    #[error("the address is a service of a cloud provider")]
    Cloud,
    /// Many machines at once, or all.
    #[error("the address is of many machines")]
    Multicast,
    /// No machine at all: unspecified, documentation, benchmarks, reserved.
    #[error("the address is of no machine")]
    Special,
    /// One address written as another, by which a check could be deceived.
    #[error("the address holds another address")]
    Wrapped,
}

use AddressRefusal::{Cloud, LinkLocal, Loopback, Multicast, Private, Shared, Special, Wrapped};

/// Refused blocks of IPv4: first address, bits of the prefix, and what they are.
const BLOCKS_V4: &[([u8; 4], u32, AddressRefusal)] = &[
    ([0, 0, 0, 0], 8, Special),
    ([10, 0, 0, 0], 8, Private),
    ([100, 64, 0, 0], 10, Shared),
    ([127, 0, 0, 0], 8, Loopback),
    ([168, 63, 129, 16], 32, Cloud),
    ([169, 254, 0, 0], 16, LinkLocal),
    ([172, 16, 0, 0], 12, Private),
    ([192, 0, 0, 0], 24, Special),
    ([192, 0, 2, 0], 24, Special),
    ([192, 88, 99, 0], 24, Wrapped),
    ([192, 168, 0, 0], 16, Private),
    ([198, 18, 0, 0], 15, Special),
    ([198, 51, 100, 0], 24, Special),
    ([203, 0, 113, 0], 24, Special),
    ([224, 0, 0, 0], 4, Multicast),
    ([240, 0, 0, 0], 4, Special),
];

/// Refused blocks of IPv6. What is neither here nor in [`GLOBAL_V6`] is refused as special.
const BLOCKS_V6: &[([u16; 8], u32, AddressRefusal)] = &[
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, Loopback),
    // An IPv4 address mapped, translated, or (long ago) compatible.
    ([0, 0, 0, 0, 0, 0xffff, 0, 0], 96, Wrapped),
    ([0, 0, 0, 0, 0xffff, 0, 0, 0], 96, Wrapped),
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, Wrapped),
    // Teredo, and the rest of what the IETF assigns to protocols.
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, Wrapped),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, Special),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, Special),
    // 6to4, given up by RFC 7526.
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, Wrapped),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, Special),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, Private),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, LinkLocal),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, Private),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, Multicast),
];

/// The one block of IPv6 from which public addresses are given.
const GLOBAL_V6: ([u16; 8], u32) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// The block in which networks without IPv4 see the rest of the world: a prefix, and the IPv4
/// address (RFC 6052). It is as public as that address.
const NAT64: ([u16; 8], u32) = ([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96);

/// Says whether an address may be connected to.
///
/// # Errors
///
/// [`AddressRefusal`].
pub fn judge(address: IpAddr, reach: Reach) -> Result<(), AddressRefusal> {
    let refusal = match address {
        IpAddr::V4(address) => refusal_v4(address),
        IpAddr::V6(address) => refusal_v6(address),
    };
    match refusal {
        None => Ok(()),
        Some(Loopback) if reach == Reach::PublicAndLoopback => Ok(()),
        Some(refusal) => Err(refusal),
    }
}

fn refusal_v4(address: Ipv4Addr) -> Option<AddressRefusal> {
    let is_in = |(first, bits, _): &&([u8; 4], u32, AddressRefusal)| {
        let differing = u32::from(address) ^ u32::from(Ipv4Addr::from(*first));
        differing.leading_zeros() >= *bits
    };
    BLOCKS_V4.iter().find(is_in).map(|(_, _, refusal)| *refusal)
}

fn refusal_v6(address: Ipv6Addr) -> Option<AddressRefusal> {
    let is_in = |first: [u16; 8], bits: u32| {
        let differing = u128::from(address) ^ u128::from(Ipv6Addr::from(first));
        differing.leading_zeros() >= bits
    };
    if is_in(NAT64.0, NAT64.1) {
        let [.., a, b, c, d] = address.octets();
        // A translator would lead to the network behind it, whatever we call loopback.
        return refusal_v4(Ipv4Addr::new(a, b, c, d)).map(|_| Wrapped);
    }
    let listed = BLOCKS_V6.iter().find(|(first, bits, _)| is_in(*first, *bits));
    match listed {
        Some((_, _, refusal)) => Some(*refusal),
        None if is_in(GLOBAL_V6.0, GLOBAL_V6.1) => None,
        None => Some(Special),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(address: &str, expected: Option<AddressRefusal>) {
        let address: IpAddr = address.parse().unwrap();
        assert_eq!(judge(address, Reach::Public).err(), expected, "{address}");
        let also_here = expected.filter(|refusal| *refusal != Loopback);
        assert_eq!(judge(address, Reach::PublicAndLoopback).err(), also_here, "{address}");
    }

    #[test]
    fn public_addresses_pass() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "168.63.129.15",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2000::1",
            "2001:200::1",
            "2606:4700::1111",
            "3ffe:ffff::1",
            "3fff:1000::1",
            // A public address as networks without IPv4 see it.
            "64:ff9b::1.1.1.1",
        ] {
            check(address, None);
        }
    }

    #[test]
    fn others_are_refused_by_what_they_are() {
        for (refusal, addresses) in [
            (Loopback, &["127.0.0.1", "127.255.255.255", "::1"][..]),
            (
                Private,
                &[
                    "10.0.0.0",
                    "10.255.255.255",
                    "172.16.0.1",
                    "172.31.255.255",
                    "192.168.0.1",
                    "fc00::1",
                    "fd00:ec2::254",
                    "fdff::1",
                    "fec0::1",
                ],
            ),
            (LinkLocal, &["169.254.169.254", "169.254.0.1", "fe80::1", "febf::1"]),
            (Shared, &["100.64.0.1", "100.100.100.200", "100.127.255.255"]),
            (Cloud, &["168.63.129.16"]),
            (Multicast, &["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"]),
            (
                Special,
                &[
                    "0.0.0.0",
                    "0.1.2.3",
                    "192.0.0.8",
                    "192.0.2.1",
                    "198.18.0.1",
                    "198.19.255.255",
                    "198.51.100.1",
                    "203.0.113.1",
                    "240.0.0.1",
                    "255.255.255.255",
                    "::",
                    "::7f00:1",
                    "100::1",
                    "2001:10::1",
                    "2001:db8::1",
                    "3fff::1",
                    "4000::1",
                    "5f00::1",
                ],
            ),
            (
                Wrapped,
                &[
                    "::ffff:127.0.0.1",
                    "::ffff:10.0.0.1",
                    "::ffff:1.1.1.1",
                    "::ffff:0:127.0.0.1",
                    "64:ff9b::127.0.0.1",
                    "64:ff9b::10.0.0.1",
                    "64:ff9b::169.254.169.254",
                    "64:ff9b:1::1.1.1.1",
                    "2001:0:7f00:1::1",
                    "2002:7f00:1::1",
                    "2002:a00:1::1",
                    "2002:101:101::1",
                    "192.88.99.1",
                ],
            ),
        ] {
            for address in addresses {
                check(address, Some(refusal));
            }
        }
    }
}
