//! What roles let people do: one table, and sets of bits.

use std::fmt;

use crate::Strength;

/// What a person is here for. The numbers are stored and never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Role {
    /// Buys, gets and spends gift cards, promotes posts and claims; everybody has it.
    Customer = 1,
    /// May what customers may: from the time when not everybody could promote.
    Advertiser = 2,
    /// Helps customers.
    Support = 3,
    /// Decides claims.
    Claims = 4,
    /// Sees and moves money.
    Finance = 5,
    /// Gives roles and keys.
    Admin = 6,
}

impl Role {
    /// Every role, in order of the numbers.
    pub const ALL: [Role; 6] =
        [Role::Customer, Role::Advertiser, Role::Support, Role::Claims, Role::Finance, Role::Admin];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Customer => "customer",
            Role::Advertiser => "advertiser",
            Role::Support => "support",
            Role::Claims => "claims",
            Role::Finance => "finance",
            Role::Admin => "admin",
        }
    }

    /// The role of this name.
    pub fn from_name(name: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.as_str() == name)
    }

    /// Whether it reaches what belongs to others: then only passkeys open it.
    pub fn is_staff(self) -> bool {
        !matches!(self, Role::Customer | Role::Advertiser)
    }

    /// What it lets somebody do.
    pub fn permissions(self) -> Permissions {
        let row = TABLE.iter().find(|(role, _)| *role == self);
        let (_, permissions) = row.expect("every role has a row");
        permissions.iter().fold(Permissions::default(), |all, one| all.with(*one))
    }
}

macro_rules! permissions {
    ($($(#[doc = $doc:literal])+ $name:ident = $bit:literal, $label:literal;)+) => {
        /// One thing that somebody may do. The numbers are bits of a set; they never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Permission { $($(#[doc = $doc])+ $name = $bit,)+ }

        impl Permission {
            /// Every permission, in order of the numbers.
            pub const ALL: &[Permission] = &[$(Permission::$name,)+];

            /// Stable lower-case name.
            pub fn as_str(self) -> &'static str {
                match self { $(Permission::$name => $label,)+ }
            }
        }
    };
}

permissions! {
    /// Their own ways to sign in, and their own sessions.
    OwnAccount = 0, "own_account";
    /// Their own cards, purchases, orders and requests.
    OwnCards = 1, "own_cards";
    /// Their own promotions and claims.
    OwnPromotions = 2, "own_promotions";
    /// Finding customers and what is theirs.
    FindPersons = 3, "find_persons";
    /// Freezing cards, replacing codes, sending gifts again.
    HelpWithCards = 4, "help_with_cards";
    /// Answering requests of customers.
    AnswerRequests = 5, "answer_requests";
    /// Reading claims, with what was written.
    ReadClaims = 6, "read_claims";
    /// Deciding claims, and reviewing promotions.
    DecideClaims = 7, "decide_claims";
    /// Being the second person of a decision on a claim.
    ApproveClaims = 8, "approve_claims";
    /// Reading the ledger and reports.
    ReadMoney = 9, "read_money";
    /// Refunds, payouts and corrections.
    MoveMoney = 10, "move_money";
    /// Being the second person when money is moved.
    ApproveMoney = 11, "approve_money";
    /// Giving and taking roles.
    ManagePeople = 12, "manage_people";
    /// Keys of the API and webhook endpoints.
    ManageKeys = 13, "manage_keys";
    /// Being the second person when roles are given.
    ApprovePeople = 14, "approve_people";
}

use Permission as P;

/// Who may do what. Nobody of staff may do everything: whoever gives roles moves no money, and
/// whoever moves money decides no claims (ASVS 5.0, 8.2; four eyes: 2.3.5).
const TABLE: [(Role, &[Permission]); 6] = [
    (Role::Customer, &[P::OwnAccount, P::OwnCards, P::OwnPromotions]),
    (Role::Advertiser, &[P::OwnAccount, P::OwnCards, P::OwnPromotions]),
    (Role::Support, &[P::OwnAccount, P::FindPersons, P::HelpWithCards, P::AnswerRequests]),
    (
        Role::Claims,
        &[P::OwnAccount, P::FindPersons, P::ReadClaims, P::DecideClaims, P::ApproveClaims],
    ),
    (Role::Finance, &[P::OwnAccount, P::ReadMoney, P::MoveMoney, P::ApproveMoney, P::ReadClaims]),
    (Role::Admin, &[P::OwnAccount, P::ManagePeople, P::ManageKeys, P::ApprovePeople]),
];

/// A set of permissions.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Permissions(u32);

impl Permissions {
    /// And one more.
    #[must_use]
    pub fn with(self, permission: Permission) -> Permissions {
        Permissions(self.0 | 1 << permission as u8)
    }

    /// Both sets together.
    #[must_use]
    pub fn and(self, other: Permissions) -> Permissions {
        Permissions(self.0 | other.0)
    }

    /// Whether it is in the set.
    pub fn allows(self, permission: Permission) -> bool {
        self.0 & 1 << permission as u8 != 0
    }

    /// Each of them, in order of the numbers.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |one| self.allows(*one))
    }
}

impl fmt::Debug for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

/// A set of roles.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Roles(u32);

impl Roles {
    /// What everybody has from the first day.
    pub fn of_everybody() -> Roles {
        Roles::default().with(Role::Customer)
    }

    /// And one more.
    #[must_use]
    pub fn with(self, role: Role) -> Roles {
        Roles(self.0 | 1 << role as u8)
    }

    /// One less.
    #[must_use]
    pub fn without(self, role: Role) -> Roles {
        Roles(self.0 & !(1 << role as u8))
    }

    /// Whether it is in the set.
    pub fn has(self, role: Role) -> bool {
        self.0 & 1 << role as u8 != 0
    }

    /// Each of them, in order of the numbers.
    pub fn iter(self) -> impl Iterator<Item = Role> {
        Role::ALL.into_iter().filter(move |role| self.has(*role))
    }

    /// Whether one of them is of staff.
    pub fn has_staff(self) -> bool {
        self.iter().any(Role::is_staff)
    }

    /// The stored number.
    pub fn number(self) -> u32 {
        self.0
    }

    /// Reads the stored number back; `None` when it has bits of no role.
    pub fn from_number(number: u32) -> Option<Roles> {
        let known = Role::ALL.into_iter().fold(Roles::default(), Roles::with);
        (number & !known.0 == 0).then_some(Roles(number))
    }

    /// Everything the roles let somebody do, however they have signed in.
    pub fn permissions(self) -> Permissions {
        self.iter().map(Role::permissions).fold(Permissions::default(), Permissions::and)
    }

    /// What they let somebody do in a session of this strength: those of staff count only where
    /// nobody can have been talked into giving the proof away.
    pub fn permissions_at(self, strength: Strength) -> Permissions {
        let counts = |role: &Role| match role.is_staff() {
            true => strength >= Strength::PhishingResistant,
            false => strength >= Strength::OneFactor,
        };
        let counting = self.iter().filter(counts);
        counting.map(Role::permissions).fold(Permissions::default(), Permissions::and)
    }
}

impl fmt::Debug for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
