//! Whom one can be in the demonstration.

use ::people::Role;

use crate::wiring::DemoPerson;

/// Who buys cards for friends and was given some.
pub(super) const CUSTOMER: &str = "ann";

/// Who pays for promotions.
pub(super) const CREATOR: &str = "luna";

/// All of them, in the order in which the first page offers them.
pub(super) const ALL: [DemoPerson; 6] = [
    DemoPerson { key: CUSTOMER, name: "Ann Okafor", does: "customer", roles: &[] },
    DemoPerson { key: CREATOR, name: "Luna Reyes", does: "creator", roles: &[Role::Advertiser] },
    DemoPerson { key: "sam", name: "Sam Whitfield", does: "support", roles: &[Role::Support] },
    DemoPerson { key: "cleo", name: "Cleo Marsh", does: "claims", roles: &[Role::Claims] },
    DemoPerson { key: "dana", name: "Dana Iversen", does: "approves", roles: &[Role::Claims] },
    DemoPerson { key: "fay", name: "Fay Lindgren", does: "finance", roles: &[Role::Finance] },
];
