//! What is on record of an agreement, its account and its devices.

use claims::{FactName, Finding, Value, WhyUnknown};

use super::{Happened, Records};
use crate::account::Ago;

impl Records<'_> {
    pub(super) fn account(&mut self, happened: &Happened<'_>) {
        let history = happened.history;
        let authorization = self.authorization(history.authorization);
        match authorization {
            Some(word) => self.word(FactName::Authorization, word),
            None => self.unknown(FactName::Authorization, WhyUnknown::NotKept),
        }
        let has_agreed = !matches!(authorization, None | Some("absent"));
        self.signal(FactName::Factor, has_agreed, |records| {
            records.word(FactName::Factor, history.factor);
        });
        let has_factor = has_agreed && history.factor != "none";
        self.ago(FactName::FactorAge, has_factor, history.factor_age);
        let is_known = history.has_account;
        self.ago(FactName::DeviceAge, is_known, Ago::Minutes(history.device_age));
        self.noisy_flag(FactName::CountryJump, is_known, history.country_jump);
        self.ago(FactName::LimitRaised, is_known, history.limit_raised);
        self.ago(FactName::AdminAdded, is_known, history.admin_added);
        self.ago(FactName::ContactChanged, is_known, history.contact_changed);
        self.ago(FactName::Dormant, is_known, Ago::Minutes(history.dormant));
        self.flag(FactName::UsedLater, history.used_later);
        self.noisy_flag(FactName::SessionTheft, is_known, history.session_theft);
        self.ago(FactName::NetworkAge, is_known, Ago::Minutes(history.network_age));
        if is_known && has_agreed {
            self.count(FactName::PaidAlike, history.paid_alike);
        } else {
            self.unknown(FactName::PaidAlike, WhyUnknown::NotApplicable);
        }
        self.minutes(FactName::PostAge, history.post_age);
        self.signal(FactName::RingMarks, true, |records| {
            records.count(FactName::RingMarks, history.ring);
        });
    }

    /// What is found of the agreement. A record that is lost is not found, or known to be lost.
    fn authorization(&self, word: &'static str) -> Option<&'static str> {
        let mut draw = self.draw(FactName::Authorization);
        if !draw.chance(self.params.missing_authorization.into()) {
            return Some(word);
        }
        draw.chance(500_000).then_some("absent")
    }

    /// A signal makes sense, or does not, and may be lost.
    fn signal(&mut self, name: FactName, makes_sense: bool, tell: impl FnOnce(&mut Self)) {
        let mut draw = self.draw(name);
        if !makes_sense {
            self.unknown(name, WhyUnknown::NotApplicable);
        } else if draw.chance(self.params.missing_signal.into()) {
            let why = draw.one_of(&[WhyUnknown::NotRecorded, WhyUnknown::NotKept]);
            self.unknown(name, why);
        } else {
            tell(self);
        }
    }

    /// How long ago something was, by clocks that differ.
    fn ago(&mut self, name: FactName, makes_sense: bool, ago: Ago) {
        self.signal(name, makes_sense, |records| match ago {
            Ago::Never => records.tell(name, Finding::Known(Value::NEVER)),
            Ago::Minutes(minutes) => {
                let skew = u64::from(records.params.noise_clock_skew_minutes);
                let off = records.draw(name).below(2 * skew + 1);
                records.minutes(name, (minutes + off).saturating_sub(skew));
            }
        });
    }

    fn noisy_flag(&mut self, name: FactName, makes_sense: bool, is_so: bool) {
        self.signal(name, makes_sense, |records| {
            let mut draw = records.draw(name);
            let _ = draw.bits();
            let is_wrong = draw.chance(records.params.noise_signal.into());
            records.flag(name, is_so != is_wrong);
        });
    }
}
