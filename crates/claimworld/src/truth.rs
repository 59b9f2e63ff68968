//! What is true of a case, and what a fair judge who knows all of it would do.

use claims::Ground;

use crate::account::Agreement;
use crate::book::Book;
use crate::fault::Fault;
use crate::filing::{Circumstances, Earlier};
use crate::losses::Losses;
use crate::{Promotion, User};

/// What a claim deserves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Deserves {
    /// All that is missing, for none of it is the claimant's doing.
    Full,
    /// What others took, but not what the claimant did.
    Part,
    /// Nothing.
    Nothing,
    /// An answer later: a bank, another claim, or more time decides first.
    Wait,
    /// A person has to look: no record tells.
    Person,
}

impl Deserves {
    /// Every one.
    pub const ALL: [Deserves; 5] =
        [Deserves::Full, Deserves::Part, Deserves::Nothing, Deserves::Wait, Deserves::Person];

    /// Stable lower-case name.
    pub fn as_str(self) -> &'static str {
        match self {
            Deserves::Full => "full",
            Deserves::Part => "part",
            Deserves::Nothing => "nothing",
            Deserves::Wait => "wait",
            Deserves::Person => "person",
        }
    }
}

/// What is true of a case. Whoever decides it does not get this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// Who claims, and why.
    pub user: User,
    /// Who agreed to pay.
    pub agreement: Agreement,
    /// What was bought.
    pub promotion: Promotion,
    /// What went wrong.
    pub faults: Vec<Fault>,
    /// What that has cost, by the twins.
    pub losses: Losses,
    /// What became of the money.
    pub book: Book,
    /// What the claim deserves.
    pub deserves: Deserves,
    /// Whether waiting is right: for a bank, for another claim, or for more time that was taken.
    pub may_wait: bool,
    /// What the claim has to pay, in minor units without tax.
    pub owed: i64,
    /// What of the loss comes back beside that, without the claim.
    pub returning: i64,
    /// All that comes back without the claim, also what is no loss on this ground.
    pub comes_back: i64,
    /// What a claim would have to pay on the best other ground.
    pub owed_on_other: i64,
}

impl Truth {
    /// The true loss on the ground: what is not made good yet.
    pub fn loss(&self) -> i64 {
        self.owed + self.returning
    }
}

/// What is due on a ground.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Due {
    pub owed: i64,
    pub returning: i64,
    /// The part of what returns that was not delivered.
    pub undelivered: i64,
    /// Whether the claimant did a part of it.
    pub is_part: bool,
    /// Whether no record tells.
    pub is_hidden: bool,
}

/// What is due on a ground, as if nobody had claimed it before and nobody else had to decide.
pub(crate) fn due_on(
    ground: Ground,
    promotion: &Promotion,
    agreement: Agreement,
    losses: &Losses,
    book: &Book,
) -> Due {
    let due = match ground {
        Ground::TechnicalError => {
            let undelivered = if promotion.is_guarantee() {
                let units = losses.incidents.max(held_up(losses));
                promotion.cost(units).min(book.unspent)
            } else {
                0
            };
            Due {
                owed: book.wrong + book.bots_never + book.over_budget + book.after_pause,
                returning: book.bots_late + book.duplicate + undelivered,
                undelivered,
                ..Due::default()
            }
        }
        Ground::FailureToDeliver => {
            let course = &losses.course;
            let unbilled =
                losses.due().saturating_sub(course.wrong + course.bots_never + course.bots_late);
            let is_guarantee = promotion.is_guarantee();
            let undelivered = promotion.cost(unbilled).min(book.unspent);
            let undelivered = if is_guarantee { undelivered } else { 0 };
            Due {
                owed: book.wrong + book.bots_never,
                returning: book.bots_late + undelivered,
                undelivered,
                is_part: is_guarantee && promotion.cost(losses.self_made) > 0,
                is_hidden: false,
            }
        }
        Ground::UnauthorizedCharge if agreement.binds() => {
            Due { owed: book.over_budget, returning: book.duplicate, ..Due::default() }
        }
        Ground::UnauthorizedCharge => Due {
            owed: book.spent - book.bots_late,
            returning: book.unspent + book.bots_late + book.duplicate,
            ..Due::default()
        },
        Ground::PoorOutcome | Ground::Other => Due::default(),
    };
    let is_delivery = matches!(ground, Ground::TechnicalError | Ground::FailureToDeliver);
    let only_bots = is_delivery && book.bots_never > 0 && due.owed == book.bots_never;
    Due {
        owed: due.owed.min(book.left_refundable),
        is_hidden: only_bots && due.returning == 0,
        ..due
    }
}

/// Units of a promotion that the platform never began.
fn held_up(losses: &Losses) -> u64 {
    if losses.course == crate::Course::default() { losses.platform } else { 0 }
}

/// What the claim deserves, and what is due, with all that goes on.
pub(crate) fn judge(
    due: Due,
    book: &Book,
    at: &Circumstances,
    tells_nothing: bool,
) -> (Deserves, i64, i64) {
    // More time was taken instead of money for what was not delivered, and for nothing else.
    let is_extended = at.extension.is_some_and(|(_, is_over)| !is_over);
    let waits_for_time =
        is_extended && due.undelivered > 0 && due.owed + due.returning == due.undelivered;
    let is_granted = matches!(at.earlier, Earlier::Granted | Earlier::Open);
    // What was granted, or is about to be, is not due again; what comes too late is not due; and
    // a bank that has given all of it back leaves nothing.
    let (owed, returning) = if is_granted || at.is_late || at.dispute == "lost" {
        (0, 0)
    } else {
        (due.owed.min(book.left_refundable), due.returning)
    };
    let waits = at.dispute == "open" || at.earlier == Earlier::Open || waits_for_time;
    let deserves = if waits {
        Deserves::Wait
    } else if at.is_late {
        Deserves::Nothing
    } else if (due.is_hidden || tells_nothing) && !is_granted && at.dispute != "lost" {
        Deserves::Person
    } else if owed + returning == 0 {
        Deserves::Nothing
    } else if due.is_part {
        Deserves::Part
    } else {
        Deserves::Full
    };
    (deserves, owed, returning)
}
