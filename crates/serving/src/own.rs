//! What belongs to the advertiser of a promotion: events from there are not billed.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::net::IpAddr;

use base::PromotionId;
use feed::bots::{Networks, Prefix};
use feed::token::ViewerHash;
use feed::verdict::Own;
use outside::keyring::KeyRing;
use promotions::{Fingerprint, Post, Promotion};

use crate::viewer_hash;

/// The keyed hash of the address from which somebody agreed to pay for a promotion, as its
/// authorization keeps it: those of two books do not compare.
pub fn address_fingerprint(ring: &KeyRing, book: &str, address: IpAddr) -> Fingerprint {
    // A book's name has no line break, so the boundary cannot be moved.
    let text = format!("{book}\n{}", address.to_canonical());
    Fingerprint(ring.short_hash("address of authorization", text.as_bytes()))
}

/// What belongs to one advertiser.
#[derive(Clone, Debug)]
pub(crate) struct Owned {
    /// The advertiser and the creator, as viewers.
    pub(crate) viewers: [ViewerHash; 2],
    /// Where somebody agreed to pay from. The address itself is not kept, so nothing is known of
    /// the network around it.
    pub(crate) address: Option<Fingerprint>,
}

impl Owned {
    pub(crate) fn of(ring: &KeyRing, promotion: &Promotion, post: &Post) -> Owned {
        let names = [promotion.advertiser.to_string(), post.creator.to_string()];
        Owned {
            viewers: names.map(|name| viewer_hash(ring, &name)),
            address: promotion.authorization.as_ref().and_then(|agreed| agreed.address),
        }
    }
}

/// What belongs to the advertisers of all promotions.
pub(crate) struct Owners {
    ring: KeyRing,
    book: String,
    pub(crate) all: HashMap<PromotionId, Owned>,
}

impl Owners {
    pub(crate) fn new(ring: &KeyRing, book: &str) -> Owners {
        Owners { ring: ring.clone(), book: book.to_owned(), all: HashMap::new() }
    }

    /// What events are held against that come from `address`. Nothing is hashed for promotions of
    /// which no address is known.
    pub(crate) fn seen_from(&self, address: Option<IpAddr>) -> SeenFrom<'_> {
        SeenFrom {
            owners: self,
            address,
            hash: OnceCell::new(),
            here: OnceCell::new(),
            nowhere: Networks::default(),
        }
    }
}

/// The same, as one event sees it.
pub(crate) struct SeenFrom<'a> {
    owners: &'a Owners,
    address: Option<IpAddr>,
    hash: OnceCell<Fingerprint>,
    /// The address alone.
    here: OnceCell<Networks>,
    nowhere: Networks,
}

impl SeenFrom<'_> {
    /// What belongs to the advertiser of a promotion; nothing when it is not known.
    pub(crate) fn own(&self, promotion: PromotionId) -> Option<Own<'_>> {
        let owned = self.owners.all.get(&promotion)?;
        let is_from_there = self.address.zip(owned.address).filter(|(address, kept)| {
            let Owners { ring, book, .. } = self.owners;
            self.hash.get_or_init(|| address_fingerprint(ring, book, *address)) == kept
        });
        let networks = match is_from_there {
            Some((address, _)) => {
                self.here.get_or_init(|| [Prefix::of(address, u8::MAX)].into_iter().collect())
            }
            None => &self.nowhere,
        };
        Some(Own { viewers: &owned.viewers, networks })
    }
}
