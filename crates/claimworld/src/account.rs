//! Who agreed to pay, and what their account had seen before.

use world::Draw;

use crate::draws::{Key, Purpose};
use crate::fault::Trouble;
use crate::{Fault, Params, User};

/// Who agreed to pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Agreement {
    /// The claimant.
    Own,
    /// Somebody whom the claimant has given the right to.
    Colleague,
    /// Somebody in the claimant's home, on the claimant's own device.
    Household,
    /// The claimant, who made it look like somebody else.
    Disguised,
    /// Somebody who knew the password.
    ThiefWithPassword,
    /// Somebody who took a session over.
    ThiefWithSession,
    /// Somebody who had enrolled a factor of their own first.
    ThiefWithFactor,
    /// Somebody who had made themselves an administrator first.
    ThiefAsAdmin,
    /// Somebody with an account of their own and the claimant's card.
    ThiefWithCard,
    /// Nobody.
    Nobody,
}

impl Agreement {
    /// Every one.
    pub const ALL: [Agreement; 10] = [
        Agreement::Own,
        Agreement::Colleague,
        Agreement::Household,
        Agreement::Disguised,
        Agreement::ThiefWithPassword,
        Agreement::ThiefWithSession,
        Agreement::ThiefWithFactor,
        Agreement::ThiefAsAdmin,
        Agreement::ThiefWithCard,
        Agreement::Nobody,
    ];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Agreement::Own => "own",
            Agreement::Colleague => "colleague",
            Agreement::Household => "household",
            Agreement::Disguised => "disguised",
            Agreement::ThiefWithPassword => "thief_with_password",
            Agreement::ThiefWithSession => "thief_with_session",
            Agreement::ThiefWithFactor => "thief_with_factor",
            Agreement::ThiefAsAdmin => "thief_as_admin",
            Agreement::ThiefWithCard => "thief_with_card",
            Agreement::Nobody => "nobody",
        }
    }

    /// Whether the claimant owes it: they agreed, or somebody did who could for them.
    pub fn binds(self) -> bool {
        matches!(self, Agreement::Own | Agreement::Colleague | Agreement::Disguised)
    }
}

/// How long ago something was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ago {
    /// It never was.
    Never,
    /// So many minutes.
    Minutes(u64),
}

/// What an account had seen when the charge was made, and what it saw afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// Whether the payer has an account; of others nothing else is known.
    pub has_account: bool,
    /// What the record of the agreement says: `absent`, `verified` or `mismatch`.
    pub authorization: &'static str,
    /// By what they proved who they are.
    pub factor: &'static str,
    /// Since when they had that factor.
    pub factor_age: Ago,
    /// Since when the device was known.
    pub device_age: u64,
    /// Whether the charge came from a country that was new.
    pub country_jump: bool,
    /// When a limit was raised.
    pub limit_raised: Ago,
    /// When somebody was given rights.
    pub admin_added: Ago,
    /// When the address or the password was changed.
    pub contact_changed: Ago,
    /// How long the account was not used before.
    pub dormant: u64,
    /// Whether somebody looked at it later on a device that was known before.
    pub used_later: bool,
    /// Whether the session has marks of theft.
    pub session_theft: bool,
    /// Since when the network was known.
    pub network_age: u64,
    /// Promotions agreed to on the same device, 30 days before or earlier, that nobody denies.
    pub paid_alike: u64,
    /// Since when the post was out.
    pub post_age: u64,
    /// Claims in the year before, but for the last one for the same.
    pub earlier_claims: u64,
    /// What was paid for them without an agreement on record, in minor units.
    pub paid_before: i64,
    /// Other claimants with the same device or card.
    pub ring: u64,
}

const HOUR: u64 = 60;
const DAY: u64 = 24 * HOUR;

/// Who agreed, as user and faults have it.
pub(crate) fn agreement(params: &Params, key: Key, user: User, faults: &[Fault]) -> Agreement {
    let mut draw = key.of(Purpose::Agreement, 0);
    let has = |trouble: Trouble| faults.iter().any(|fault| fault.trouble == trouble);
    if has(Trouble::ChargedUnasked) {
        return Agreement::Nobody;
    }
    if has(Trouble::StolenAccount) {
        if draw.chance(params.no_account.into()) {
            return Agreement::ThiefWithCard;
        }
        return match draw.weighted(&[50, 20, 15, 15]) {
            0 => Agreement::ThiefWithPassword,
            1 => Agreement::ThiefWithSession,
            2 => Agreement::ThiefWithFactor,
            _ => Agreement::ThiefAsAdmin,
        };
    }
    match user {
        User::Household => Agreement::Household,
        User::Forgot if draw.chance(300_000) => Agreement::Colleague,
        User::Denies if draw.chance(250_000) => Agreement::Disguised,
        _ => Agreement::Own,
    }
}

/// The history of an account with such an agreement.
pub(crate) fn history(key: Key, agreement: Agreement, user: User) -> History {
    let mut draw = key.of(Purpose::Agreement, 1);
    let mut history = usual(&mut draw);
    let mut draw = key.of(Purpose::Agreement, 2);
    match agreement {
        Agreement::Own => {}
        Agreement::Colleague => {
            // They were given the right some time ago.
            history.admin_added = Ago::Minutes(draw.between(DAY, 400 * DAY));
        }
        Agreement::Household => {
            history.factor = draw.one_of(&["password", "none"]);
            history.used_later = draw.chance(300_000);
        }
        Agreement::Disguised => disguise(&mut history, &mut draw),
        Agreement::ThiefWithCard => steal_card(&mut history, &mut draw),
        Agreement::Nobody => {
            history.authorization = "absent";
            history.used_later = draw.chance(200_000);
        }
        Agreement::ThiefWithPassword
        | Agreement::ThiefWithSession
        | Agreement::ThiefWithFactor
        | Agreement::ThiefAsAdmin => steal(&mut history, agreement, &mut draw),
    }
    claims_before(&mut history, user, &mut key.of(Purpose::Agreement, 3));
    around(&mut history, agreement, user, &mut key.of(Purpose::Agreement, 4));
    history
}

impl History {
    /// Whether the records would be the same had it been the claimant, or not been them.
    pub(crate) fn tells_nothing(&self, agreement: Agreement) -> bool {
        let is_recent = |ago: Ago| matches!(ago, Ago::Minutes(minutes) if minutes <= DAY);
        let is_weak = matches!(self.factor, "password" | "none");
        match agreement {
            Agreement::Household => true,
            Agreement::Own | Agreement::Colleague | Agreement::Disguised => {
                let is_elsewhere = self.network_age <= DAY;
                is_weak && self.device_age <= DAY && is_elsewhere && !self.used_later
            }
            Agreement::Nobody | Agreement::ThiefWithCard => false,
            _ => {
                let marks = [self.limit_raised, self.admin_added, self.contact_changed];
                let is_marked = marks.into_iter().any(is_recent) || is_recent(self.factor_age);
                let is_known = self.device_age > DAY && !self.country_jump;
                is_known && !is_marked && !self.session_theft && self.authorization == "verified"
            }
        }
    }
}

/// Somebody who pays for a promotion of their own. Now and then honest people have a new device,
/// travel, or raise a limit just before they need it.
fn usual(draw: &mut Draw) -> History {
    let ago = |draw: &mut Draw, never: u64, just_now: u64| {
        if draw.chance(never) {
            Ago::Never
        } else if draw.chance(just_now) {
            Ago::Minutes(draw.between(1, 3 * HOUR))
        } else {
            Ago::Minutes(draw.between(DAY, 500 * DAY))
        }
    };
    let factor = ["passkey", "totp", "password", "none"][draw.weighted(&[35, 25, 36, 4])];
    let is_new = draw.chance(60_000);
    let long = |draw: &mut Draw, most: u64| draw.between(5 * DAY, most * DAY);
    History {
        has_account: true,
        authorization: "verified",
        factor,
        factor_age: Ago::Minutes(if is_new { draw.between(1, DAY) } else { long(draw, 700) }),
        device_age: if draw.chance(80_000) { draw.between(0, DAY) } else { long(draw, 600) },
        country_jump: draw.chance(40_000),
        limit_raised: ago(draw, 700_000, 150_000),
        admin_added: ago(draw, 800_000, 20_000),
        contact_changed: ago(draw, 500_000, 20_000),
        dormant: if draw.chance(50_000) {
            draw.between(60 * DAY, 500 * DAY)
        } else {
            draw.below(5 * DAY) * draw.below(5) / 2
        },
        used_later: draw.chance(850_000),
        session_theft: false,
        network_age: 0,
        paid_alike: 0,
        post_age: 0,
        earlier_claims: 0,
        paid_before: 0,
        ring: 0,
    }
}

/// A new device, a network elsewhere, and nothing of it is looked at from home.
fn disguise(history: &mut History, draw: &mut Draw) {
    history.factor = draw.one_of(&["password", "password", "none"]);
    history.device_age = draw.below(2 * HOUR);
    history.country_jump = draw.chance(500_000);
    history.used_later = draw.chance(100_000);
}

/// An account that a thief made, and a card that is not theirs.
fn steal_card(history: &mut History, draw: &mut Draw) {
    history.has_account = false;
    history.authorization = if draw.chance(600_000) { "verified" } else { "mismatch" };
    history.factor_age = Ago::Minutes(draw.below(3 * DAY));
    history.used_later = false;
}

fn steal(history: &mut History, agreement: Agreement, draw: &mut Draw) {
    let just_now = |draw: &mut Draw| Ago::Minutes(draw.between(1, 12 * HOUR));
    if draw.chance(30_000) {
        history.authorization = "mismatch";
    }
    history.country_jump = draw.chance(550_000);
    history.device_age = draw.below(3 * HOUR);
    if draw.chance(300_000) {
        history.limit_raised = just_now(draw);
    }
    if draw.chance(250_000) {
        history.dormant = draw.between(60 * DAY, 500 * DAY);
    }
    // A victim who finds the charge looks at the report too.
    history.used_later = draw.chance(200_000);
    match agreement {
        Agreement::ThiefWithSession => {
            history.factor = draw.one_of(&["none", "password"]);
            history.session_theft = draw.chance(500_000);
            // A session that was copied may bring its device with it.
            if draw.chance(500_000) {
                history.device_age = draw.between(5 * DAY, 300 * DAY);
                history.country_jump = draw.chance(250_000);
            }
        }
        Agreement::ThiefWithFactor => {
            history.factor = draw.one_of(&["totp", "passkey"]);
            history.factor_age = just_now(draw);
            history.contact_changed = just_now(draw);
        }
        Agreement::ThiefAsAdmin => {
            history.admin_added = just_now(draw);
            history.factor = draw.one_of(&["passkey", "password"]);
            history.factor_age = Ago::Minutes(draw.below(4 * DAY));
        }
        _ => {
            history.factor = "password";
            history.session_theft = draw.chance(50_000);
            if draw.chance(350_000) {
                history.contact_changed = just_now(draw);
            }
        }
    }
}

/// What a claimant claimed before, and with whom they share a device or a card.
fn claims_before(history: &mut History, user: User, draw: &mut Draw) {
    let (some, ring, paid) = match user {
        User::Denies => (500_000, 200_000, 200_000),
        User::ClaimsAgain | User::SelfMade | User::Invents => (400_000, 80_000, 30_000),
        _ => (120_000, 20_000, 5_000),
    };
    if draw.chance(some) {
        history.earlier_claims = draw.steps(500_000, 8);
    }
    if draw.chance(ring) {
        history.ring = draw.steps(500_000, 6);
    }
    if draw.chance(paid) {
        history.paid_before = draw.between(1_000, 15_000) as i64;
    }
}

/// From where it was paid, for which post, and what was paid alike before.
fn around(history: &mut History, agreement: Agreement, user: User, draw: &mut Draw) {
    let (new_network, few_posts) = match agreement {
        // At home, at work, on the way; mobile networks change.
        Agreement::Own | Agreement::Colleague => (120_000, 300_000),
        Agreement::Household => (30_000, 500_000),
        Agreement::Disguised => (850_000, 300_000),
        Agreement::Nobody => (120_000, 200_000),
        // A session that is taken over is now and then used through the victim's own network.
        Agreement::ThiefWithSession => (750_000, 800_000),
        Agreement::ThiefWithPassword | Agreement::ThiefWithFactor | Agreement::ThiefAsAdmin => {
            (930_000, 800_000)
        }
        Agreement::ThiefWithCard => (1_000_000, 900_000),
    };
    let new_network = if history.country_jump { 1_000_000 } else { new_network };
    history.network_age = if draw.chance(new_network) {
        draw.below(DAY) * draw.below(2)
    } else {
        draw.between(5 * DAY, 700 * DAY)
    };
    history.post_age =
        if draw.chance(few_posts) { draw.between(5, DAY) } else { draw.between(DAY, 400 * DAY) };
    // Whoever is on a device for long may have paid from it before; some pay for the first time.
    let has_paid = draw.chance(600_000);
    let times = 1 + draw.steps(600_000, 20);
    let denied = if user == User::Denies { 400_000 } else { 20_000 };
    let was_denied = draw.chance(denied);
    if has_paid && !was_denied && history.device_age > 30 * DAY {
        history.paid_alike = times;
    }
}
