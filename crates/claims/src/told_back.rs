//! What restitutions have told of the money that settlements return.

use base::Amount;

use crate::RestitutionKind;

/// How much of what settlements return restitutions have told the reason of, in minor units, tax
/// not counted. They move none of it; so they never tell more than goes back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToldBack {
    /// For [`RestitutionKind::Incident`].
    pub incident: Amount,
    /// For [`RestitutionKind::LateInvalid`].
    pub late_invalid: Amount,
    /// For [`RestitutionKind::Unspent`].
    pub unspent: Amount,
}

impl ToldBack {
    /// For this kind; nothing for kinds whose money does not come by settlement.
    pub fn of(mut self, kind: RestitutionKind) -> Amount {
        self.place(kind).map_or(Amount::ZERO, |place| *place)
    }

    /// For all kinds.
    pub fn total(self) -> Amount {
        let parts = [self.incident, self.late_invalid, self.unspent];
        parts.into_iter().try_fold(Amount::ZERO, Amount::checked_add).unwrap_or(Amount::MAX)
    }

    /// The same with so much more for a kind.
    pub fn plus(mut self, kind: RestitutionKind, net: Amount) -> ToldBack {
        if let Some(place) = self.place(kind) {
            *place = place.checked_add(net).expect("not more than was paid");
        }
        self
    }

    fn place(&mut self, kind: RestitutionKind) -> Option<&mut Amount> {
        match kind {
            RestitutionKind::Incident => Some(&mut self.incident),
            RestitutionKind::LateInvalid => Some(&mut self.late_invalid),
            RestitutionKind::Unspent => Some(&mut self.unspent),
            RestitutionKind::Overspend
            | RestitutionKind::WrongDelivery
            | RestitutionKind::DoubleCapture => None,
        }
    }
}
